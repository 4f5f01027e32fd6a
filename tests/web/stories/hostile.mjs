// Names and words from anywhere are text: shown, and nothing else.
import assert from "node:assert/strict";

import { clip, until } from "../house.mjs";

const WORDS = `say "' </blockquote></textarea><script>alert(1)</script><img src=x onerror=alert(2)> \u202egnp <!-- {{7*7}} \${7}\nand a line\n`;
const NAMES = [
  "<img src=x onerror=alert(3)>.mp4",
  "x\u202e4pm.\n<script>alert(4)<!--.mp4",
  `${"long ".repeat(50)}x.mp4`,
  `${"ক".repeat(83)}.mp4`,
  `"' onclick='alert(5)' &lt;b&gt; %3Cscript%3E #1?lang=bn.mp4`,
  "javascript:alert(6).mp4",
  "-rf ..mp4",
  "אבג\u2067\u200f\u200b\u0007.mp4",
];
/// What is there only where something of it was taken for more than text.
const RUN = "img, script:not([src='/live.js']), main b, [onclick], [onerror], [style], iframe, a[href^='javascript:']";

/// That nothing of it was taken for more than text, and no name turns what stands beside it.
async function is_text(page, where) {
  const seen = await page.evaluate((run) => ({
    run: [...document.querySelectorAll(run)].map((one) => one.outerHTML),
    turned: /[\u202a-\u202e\u2066\u2067\u200e\u200f]/.test(document.body.innerText + document.title),
    apart: [...document.querySelectorAll("bdi")].every((name) => getComputedStyle(name).unicodeBidi === "isolate"),
  }), RUN);
  assert.deepEqual(seen, { run: [], turned: false, apart: true }, where);
}

export async function names_and_words_are_only_text(t) {
  const house = await t.house({ faults: ["message:question=en"] });
  await house.start();
  const [page, job] = [await t.page({ viewport: { width: 320, height: 640 } }), await t.page()];
  await page.goto(house.url);
  for (const name of NAMES) {
    house.drop(name.replace(/mp4$/, "txt"), WORDS);
    house.drop(name, clip(name));
  }
  // Each comes by the stream first, is read anew after that, and has a page of its own.
  const rows = async () => (await page.locator("#waits .row, #seen .row").count()) >= NAMES.length;
  await until("all of them are shown", rows);
  await is_text(page, "by the stream");
  const shown = await page.locator(".row bdi").allTextContents();
  for (const name of [NAMES[0], NAMES[4], NAMES[5]]) assert.ok(shown.includes(name), `${name} in ${JSON.stringify(shown)}`);
  const links = await page.locator(".row a:has(bdi)").evaluateAll((all) => all.map((link) => link.href));
  assert.ok(links.length >= NAMES.length - 2, "most have a job");
  for (const path of ["/", "/jobs", "/figures", "/health", "/jobs?lang=bn"]) {
    await page.goto(house.url + path);
    await is_text(page, path);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 320, `${path} scrolls sideways`);
  }
  for (const link of links) {
    await job.goto(link);
    await is_text(job, link);
    assert.ok((await job.locator("#words blockquote").first().innerText()).includes("<script>alert(1)</script>"));
  }
  // And what is typed into the page comes back as text.
  await page.goto(house.url);
  await job.goto(await page.locator(".row a", { hasText: NAMES[0] }).evaluate((link) => link.href));
  const heard = async () => (await house.world()).messages.length;
  const before = await heard();
  await job.getByLabel("Your answer").fill(WORDS);
  await job.getByRole("button", { name: "Answer" }).click();
  await job.locator(".say", { hasText: "lies in the inbox" }).waitFor();
  await until("the service has heard it", async () => (await heard()) > before);
  await is_text(job, "after an answer");
}

export async function words_of_the_address_are_only_text(t) {
  const house = await t.house();
  await house.start();
  const page = await t.page();
  const bad = encodeURIComponent("\"><script>alert(7)</script>");
  for (const path of [`/?lang=${bad}`, `/jobs?state=${bad}`, `/jobs?page=${bad}`, `/jobs/${bad}`, `/${bad}`, `/jobs/1?said=${bad}`]) {
    await page.goto(house.url + path);
    await is_text(page, path);
  }
  page.faults = page.faults.filter((fault) => !/status of 40[04]/.test(fault));
}
