// The page in a real browser. `node run.mjs`: all stories; `--short`: the first one; else those whose names hold a word.
import { browser, watched } from "./browser.mjs";
import { House } from "./house.mjs";
import * as hostile from "./stories/hostile.mjs";
import * as live from "./stories/live.mjs";
import * as looks from "./stories/looks.mjs";
import * as share from "./stories/share.mjs";
import * as talk from "./stories/talk.mjs";

const all = [live, talk, hostile, looks, share].flatMap((room) => Object.entries(room));
const asked = process.argv.slice(2);
const told = asked.includes("--short") ? all.slice(0, 1) : all.filter(([name]) => asked.length === 0 || asked.some((word) => name.includes(word)));

const chromium = await browser();
let passed = 0;
let failed = 0;
for (const [name, story] of told) {
  const began = Date.now();
  const houses = [];
  const pages = [];
  const t = {
    browser: chromium,
    async house(how) {
      const house = await House.with(how);
      houses.push(house);
      return house;
    },
    async page(options) {
      const page = await watched(chromium, options);
      pages.push(page);
      return page;
    },
  };
  let wrong;
  try {
    await story(t);
    const faults = pages.flatMap((page) => page.faults);
    if (faults.length) throw new Error(`the browser complains:\n${faults.join("\n")}`);
  } catch (error) {
    wrong = error;
  }
  for (const page of pages) await page.context().close().catch(() => {});
  for (const house of houses) await house.leave({ keep: wrong }).catch((error) => (wrong ??= error));
  console.log(`${wrong ? "FAILED" : "ok"} ${name}, ${((Date.now() - began) / 1000).toFixed(1)} s`);
  if (wrong) console.log(wrong.stack);
  wrong ? (failed += 1) : (passed += 1);
}
await chromium.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed || !passed ? 1 : 0);
