// A board that is open: it follows the work, and says when it can't.
import assert from "node:assert/strict";

import { clip, until } from "../house.mjs";

const says = (page, part, text) => page.locator(part, { hasText: text }).first().waitFor();

/// Plays a film for a moment, and from its middle.
async function plays(video) {
  await video.evaluate(async (film) => {
    film.muted = true;
    await film.play();
  });
  const at = () => video.evaluate((film) => ({ at: film.currentTime, wide: film.videoWidth, long: film.duration, wrong: film.error?.message }));
  await until("the film moves", async () => (await at()).at > 0.05);
  await video.evaluate((film) => {
    film.pause();
    film.currentTime = film.duration / 2;
  });
  const seen = await until("it goes on from its middle", async () => {
    const now = await at();
    return Math.abs(now.at - now.long / 2) < 0.1 && now;
  });
  assert.ok(seen.wide > 0 && !seen.wrong, JSON.stringify(seen));
}

export async function a_clip_is_watched_from_its_drop_to_its_film(t) {
  const house = await t.house({ sandbox: ["--message-time", "2s"] });
  await house.start();
  const page = await t.page();
  await page.goto(house.url);
  await says(page, "#top", "Nothing is in work");
  await page.evaluate(() => (globalThis.stillTheSame = true));
  house.pair("my talk");
  await says(page, "#work .row", "my talk.mp4");
  await says(page, "#work .row", "The video service is at work");
  await says(page, "#top", "One clip is in work.");
  await says(page, "#done .row", "my talk.mp4");
  await says(page, "#top", "Nothing is in work");
  assert.ok(await page.evaluate(() => globalThis.stillTheSame), "the page was never loaded again");
  await house.delivered("my talk");
  await page.locator("#done .row a").first().click();
  await page.locator("h1", { hasText: "my talk.mp4" }).waitFor();
  await says(page, "#story", "film put into the outbox");
  await plays(page.locator("video").first());
}

export async function a_kill_is_said_and_mended(t) {
  const house = await t.house({ sandbox: ["--message-time", "1s"], settings: { jobs: { concurrency: 1 } } });
  await house.start();
  const [page, job] = [await t.page(), await t.page()];
  await page.goto(house.url);
  assert.ok(await page.locator("#lost").isHidden());
  for (const stem of ["one", "two", "three"]) house.pair(stem);
  await says(page, "#work .row", "The video service is at work");
  await job.goto(`${house.url}/jobs/1`);
  await says(job, "#story", "clip uploaded");
  await house.end();
  await says(page, "#lost:visible", "Not live since");
  await says(job, "#lost:visible", "Not live since");
  await house.start();
  for (const open of [page, job]) await open.locator("#lost").waitFor({ state: "hidden" });
  // A message that the kill broke off may have been paid for: its clip asks, and is paid again by a press.
  const settled = async () => (await page.locator("#done .row, #waits .row").count()) === 3;
  await until("all three are done or ask", settled);
  await numbers_agree(house, page);
  const asks = await page.locator("#waits .row a:has(bdi)").evaluateAll((links) => links.map((link) => link.href));
  for (const href of asks) {
    await job.goto(href);
    await job.getByRole("checkbox").check();
    await job.getByRole("button", { name: "Pay again and go on" }).click();
    await says(job, "#story", "film put into the outbox");
  }
  await until("three are done", async () => (await page.locator("#done .row").count()) === 3);
  await numbers_agree(house, page);
  // What the browser says of a line that is gone is no fault of the page.
  for (const open of [page, job]) open.faults = open.faults.filter((fault) => !/net::ERR_(CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING|CONNECTION_RESET|EMPTY_RESPONSE)/.test(fault));
}

/// A screen reader says whatever changes in a status: that the clock goes on is no news.
export async function nothing_is_said_while_nothing_changes(t) {
  const house = await t.house({ faults: ["message:late-delay=10m"] });
  await house.start();
  house.pair("talk");
  const [job, board] = [await t.page(), await t.page()];
  await board.goto(house.url);
  await says(board, "#work .row", "The video service is at work");
  await job.goto(`${house.url}/jobs/1`);
  await says(job, "#story", "The video service is at work");
  const open = [[job, "#head time"], [board, "#work time"]];
  for (const [page] of open) {
    await page.evaluate(() => {
      globalThis.said = [];
      const watch = new MutationObserver((all) => globalThis.said.push(...all.map((one) => one.target.textContent)));
      for (const status of document.querySelectorAll("[role=status]")) watch.observe(status, { subtree: true, childList: true, characterData: true });
    });
  }
  const times = () => Promise.all(open.map(([page, time]) => page.locator(time).first().innerText()));
  const before = await times();
  // Whatever is seen has the pages made anew.
  let seen = 0;
  await until("both clocks go on", async () => {
    house.drop(`seen ${(seen += 1)}.mp4`, clip(`seen ${seen}`));
    await until("it is seen", () => house.run("status", "--json").then((told) => told.includes(`seen ${seen}.mp4`)));
    return (await times()).every((time, n) => time !== before[n]);
  });
  for (const [page] of open) assert.deepEqual(await page.evaluate(() => globalThis.said), []);
}

/// The page, `dakbox status --json` and the service tell the same of what was paid and made.
async function numbers_agree(house, page) {
  const number = (text) => Number(/([\d,.\u202f\u00a0 ]+) credits/.exec(text)?.[1].replace(/\D/g, ""));
  const rows = (part) => page.locator(`${part} .row`).count();
  const world = await house.world();
  const left = world.accounts.reduce((sum, account) => sum + account.available, 0);
  await until(`the top says ${left} credits`, async () => number(await page.locator("#top").innerText()) === left);
  const status = JSON.parse(await house.run("status", "--json"));
  assert.equal(status.credits.available, left);
  assert.deepEqual([status.delivered, status.waiting], [await rows("#done"), await rows("#waits")]);
  assert.equal(world.renders.filter((render) => render.status === "completed").length, status.delivered);
  // One at a time: so each row tells what its clip has cost, and the day's figure what all have.
  const made = new Set(world.renders.filter((render) => render.status === "completed").map((render) => render.session));
  const sum = (charges) => charges.reduce((all, charge) => all + charge.cost, 0);
  const paid = sum(world.charges.filter((charge) => made.has(charge.session)));
  const costs = async () => (await page.locator("#done .facts").allInnerTexts()).map(number).reduce((all, cost) => all + cost, 0);
  await until(`the rows come to ${paid} credits`, async () => (await costs()) === paid);
  const figures = await page.context().newPage();
  await figures.goto(`${house.url}/figures`);
  const days = await figures.locator("figure").first().locator("tbody td:first-of-type").allInnerTexts();
  assert.equal(days.map((day) => Number(day.replace(/\D/g, ""))).reduce((all, day) => all + day, 0), sum(world.charges), "the days' credits");
  await figures.close();
}

export async function more_tabs_are_open_than_a_browser_has_lines(t) {
  const house = await t.house();
  await house.start();
  const first = await t.page();
  await first.goto(house.url);
  await says(first, "#top", "Nothing is in work");
  // Whoever opens another tab no longer sees the one before.
  const unseen = (page, is) => page.evaluate((is) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => is });
    document.dispatchEvent(new Event("visibilitychange"));
  }, is);
  const tabs = [first];
  for (let n = 0; n < 9; n += 1) {
    await unseen(tabs.at(-1), true);
    const tab = await first.context().newPage();
    await tab.goto(house.url);
    await says(tab, "#top", "Nothing is in work");
    tabs.push(tab);
  }
  house.pair("talk");
  await says(tabs.at(-1), "#done .row", "talk.mp4");
  assert.equal(await first.locator("#done .row").count(), 0, "nobody sees it");
  await unseen(tabs.at(-1), true);
  await unseen(first, false);
  await says(first, "#done .row", "talk.mp4");
}

export async function a_row_that_goes_takes_no_focus_along(t) {
  const house = await t.house({ faults: ["message:question=en"] });
  await house.start();
  for (const stem of ["one", "two", "three", "four"]) house.pair(stem);
  const page = await t.page();
  await page.goto(house.url);
  await until("four ask", async () => (await page.locator("#waits .row").count()) === 4);
  const last = page.locator("#waits .row").last().locator("a.button");
  await last.focus();
  const second = await page.locator("#waits .row").nth(1).getAttribute("id");
  await house.run("cancel", second.slice(1));
  await until("three ask", async () => (await page.locator("#waits .row").count()) === 3);
  assert.ok(await last.evaluate((button) => button === document.activeElement), "the focus stays where it was");
}
