// The pictures of the page in the README: `node readme.mjs`, with ffmpeg, writes them into assets/.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { browser, watched } from "./browser.mjs";
import { House, WORDS, clip, until } from "./house.mjs";

const assets = fileURLToPath(new URL("../../assets/", import.meta.url));
const bunny = (seed) => clip(seed, readFileSync(join(assets, "bigbuckbunny.mp4")));

const house = await House.with({ sandbox: ["--message-time", "1500ms", "--second-stage", "100ms"], settings: { watch: { sidecar_wait: "1h" }, messages: { language: "both" } } });
const state = (id, wanted) => until(`job ${id} is ${wanted}`, async () => (await house.run("jobs", "--json")).split("\n").some((line) => line && JSON.parse(line).id === id && JSON.parse(line).state === wanted));
const drop = (stem, words, bytes = bunny(stem)) => {
  house.drop(`${stem}.txt`, words);
  house.drop(`${stem}.mp4`, bytes);
};
await house.start();
drop("bigbuckbunny", "generate Bangla subtitles and add them to my video\n");
await state(1, "delivered");
drop("সকালের খবর", "বাংলা সাবটাইটেল যোগ করো\n");
await state(2, "delivered");
drop("old letter", WORDS, "no film at all");
await state(3, "failed");
await house.faults("message:question=en");
drop("interview, two cameras", "make a short film of it\n");
await state(4, "waiting");
await house.faults("message:late-delay=10m");
drop("town hall", "add a title and quiet music\n");
await state(5, "working");
house.drop("sports.mp4", bunny("sports"));

const chromium = await browser();
/// A picture of the window's first `most` pixels at most, and of nothing below `end`.
async function picture(page, name, most, end) {
  const { width } = page.viewportSize();
  const below = end ? await page.locator(end).first().evaluate((one) => Math.floor(one.getBoundingClientRect().top + scrollY)) : most;
  const raw = join(tmpdir(), `dakbox-${name}.png`);
  await page.screenshot({ path: raw, fullPage: true, clip: { x: 0, y: 0, width, height: Math.min(most, below) } });
  execFileSync("ffmpeg", ["-v", "error", "-y", "-i", raw, "-quality", "85", join(assets, `${name}.webp`)]);
  rmSync(raw);
  const { size } = statSync(join(assets, `${name}.webp`));
  console.log(`${name}.webp: ${size} bytes`);
  assert.ok(size < 150_000);
}
const board = await watched(chromium, { viewport: { width: 1200, height: 800 } });
await board.goto(house.url);
await board.locator("#seen .row").waitFor();
await board.locator("#work .row", { hasText: "The video service is at work" }).waitFor();
await picture(board, "page-board", 900, ".places");
const job = await watched(chromium, { viewport: { width: 1200, height: 800 } });
await job.goto(`${house.url}/jobs/1`);
for (const film of await job.locator("video").all()) {
  await film.evaluate((one) => new Promise((done) => {
    one.onseeked = done;
    one.currentTime = 2.5;
  }));
}
await picture(job, "page-job", 1400, "#draft");
const phone = await watched(chromium, { viewport: { width: 390, height: 800 }, isMobile: true, deviceScaleFactor: 2, locale: "bn-BD" });
await phone.goto(house.url);
await phone.locator("#seen .row").waitFor();
await picture(phone, "page-phone", 1100, "#failed");
await chromium.close();
await house.leave();
