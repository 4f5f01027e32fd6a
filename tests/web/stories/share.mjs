// The page on the share, opened by a double click where no server is.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";

import { grave, shot, sideways } from "../browser.mjs";
import { clip, until } from "../house.mjs";

const HOSTILE = "<img src=x onerror=alert(1)> #1?.mp4";

async function share_in(t, language) {
  const house = await t.house({ settings: { folders: { share_page: true }, messages: { language } } });
  await house.start();
  house.pair("talk");
  await house.delivered("talk");
  await house.faults("message:question=en");
  house.pair("asks");
  house.drop("broken.txt", "words\n");
  house.drop("broken.mp4", "no film at all");
  house.drop(HOSTILE, clip("hostile"));
  const file = house.root("index.html");
  const told = () => existsSync(file) && ["outbox/talk.mp4", "failed/broken.error.txt", "asks.mp4", "onerror=alert(1)&gt;"].every((what) => readFileSync(file, "utf8").includes(what));
  await until("the page tells of all", told);
  for (const [width, colorScheme] of [[1280, "light"], [1280, "dark"], [390, "light"], [320, "dark"]]) {
    const page = await t.page({ viewport: { width, height: 800 }, colorScheme });
    await page.goto(`file://${file}`);
    assert.equal(await page.evaluate(() => document.documentElement.lang), language);
    assert.ok((await page.locator("bdi").allInnerTexts()).includes(HOSTILE));
    assert.equal(await page.locator("img").count(), 0);
    assert.ok((await sideways(page)) <= 0, `it scrolls sideways at ${width}`);
    assert.deepEqual(await grave(page), []);
    await shot(page, `share-${language}-${width}-${colorScheme}`);
    const hrefs = await page.locator("a").evaluateAll((links) => links.map((link) => decodeURIComponent(new URL(link.href).pathname)));
    assert.ok(hrefs.length >= 3 && hrefs.every((path) => existsSync(path)), JSON.stringify(hrefs));
  }
  const page = await t.page();
  await page.goto(`file://${file}`);
  await page.locator("a[href$='talk.report.txt']").click();
  await page.waitForURL(/talk\.report\.txt$/);
}

export const the_page_on_the_share_in_english = (t) => share_in(t, "en");
export const the_page_on_the_share_in_bangla = (t) => share_in(t, "bn");
