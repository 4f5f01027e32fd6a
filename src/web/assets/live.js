"use strict";
// Keeps a page in step with what its stream says, and leaves alone what did not change: focus, selection and scroll stay.
(() => {
  const body = document.body;

  // Makes `old` say what `now` says, by changing as little as possible. Elements with an id are found again by it.
  const sameAttributes = (old, now) => {
    for (const { name } of [...old.attributes]) if (!now.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of now.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  };
  const fits = (old, now) => old.nodeType === now.nodeType && old.nodeName === now.nodeName && (old.id || "") === (now.id || "");
  const morph = (old, now) => {
    if (old.isEqualNode(now)) return;
    if (old.nodeType !== Node.ELEMENT_NODE) {
      old.nodeValue = now.nodeValue;
      return;
    }
    // What plays goes on, and a still that is shown stays.
    const film = (one) => one.dataset.src || one.getAttribute("src");
    if (old.nodeName === "VIDEO" && film(old) === film(now)) return;
    sameAttributes(old, now);
    // What is gone goes first: what stays is not moved then, and what has the focus keeps it.
    const stays = new Set([...now.children].map((child) => child.id));
    for (const child of [...old.children]) if (child.id && !stays.has(child.id)) child.remove();
    // What somebody is typing is theirs.
    if (old.nodeName === "TEXTAREA" || old.nodeName === "INPUT") return;
    const known = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
    let next = old.firstChild;
    for (const wanted of [...now.childNodes]) {
      const byId = wanted.id ? known.get(wanted.id) : undefined;
      if (byId && byId.nodeName === wanted.nodeName) {
        if (byId === next) next = next.nextSibling;
        else old.insertBefore(byId, next);
        morph(byId, wanted);
      } else if (next && fits(next, wanted)) {
        morph(next, wanted);
        next = next.nextSibling;
      } else old.insertBefore(wanted, next);
    }
    while (next) {
      const gone = next;
      next = next.nextSibling;
      gone.remove();
    }
  };
  const replace = (id, html) => {
    const old = document.getElementById(id);
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const now = [...holder.content.children].find((child) => child.id === id);
    if (old && now) morph(old, now);
    stills();
  };

  // A film's still, once somebody sees its row; whoever saves data, or has a browser that shows no such film, has none.
  const seen = window.IntersectionObserver && new IntersectionObserver((rows) => {
    for (const { isIntersecting, target } of rows) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      target.onerror = () => {
        target.dataset.failed = "";
        target.hidden = true;
      };
      // A phone shows nothing of a film before it is told where to look.
      target.onloadedmetadata = () => (target.currentTime = Math.min(1, target.duration / 2));
      target.src = target.dataset.src;
    }
  });
  const stills = () => {
    if (!seen || (navigator.connection && navigator.connection.saveData)) return;
    for (const still of document.querySelectorAll("video[data-src][hidden]:not([data-failed])")) {
      still.hidden = false;
      seen.observe(still);
    }
  };
  stills();

  // The stream, and what is said while there is none.
  const lost = document.getElementById("lost");
  let heard = Date.now();
  const silence = (since) => {
    const language = document.documentElement.lang;
    const time = new Date(since).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hour12: false });
    lost.textContent = body.dataset.lost.replace("%", time);
    lost.hidden = false;
  };
  let end;
  const listen = () => {
    if (end || document.hidden) return;
    heard = Date.now();
    const stream = new EventSource(body.dataset.live);
    stream.onopen = () => {
      heard = Date.now();
      lost.hidden = true;
    };
    stream.onmessage = (message) => {
      heard = Date.now();
      lost.hidden = true;
      for (const [id, html] of JSON.parse(message.data)) replace(id, html);
    };
    stream.addEventListener("beat", () => {
      heard = Date.now();
    });
    // A line that went dead without a word.
    const watch = setInterval(() => {
      if (Date.now() - heard > 40000 && lost.hidden) silence(heard);
    }, 5000);
    end = () => {
      end = undefined;
      clearInterval(watch);
      stream.close();
    };
    stream.onerror = () => {
      if (lost.hidden) silence(heard);
      // A browser tries again by itself, unless it was told no.
      if (stream.readyState === EventSource.CLOSED) {
        end && end();
        setTimeout(listen, 20000);
      }
    };
  };
  if (body.dataset.live && window.EventSource) {
    listen();
    // A browser has few lines to one place for all its tabs: those that nobody sees hold none.
    document.addEventListener("visibilitychange", () => (document.hidden ? end && end() : listen()));
    addEventListener("pagehide", () => end && end());
  }
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });

  // A button is pressed once; a path is copied.
  document.addEventListener("submit", (event) => {
    const button = event.submitter || event.target.querySelector("button");
    if (button) setTimeout(() => (button.disabled = true));
  });
  if (navigator.clipboard) {
    for (const button of document.querySelectorAll("[data-copy]")) {
      button.hidden = false;
      button.addEventListener("click", async () => {
        const label = button.textContent;
        await navigator.clipboard.writeText(button.dataset.copy);
        button.textContent = button.dataset.copied;
        setTimeout(() => (button.textContent = label), 2000);
      });
    }
  }
})();
