// The service worker: push messages, and the check-in without a network. It is served from the root, so that it may open every page.

const RENEWALS = "/api/v1/push-subscriptions/renewals";
const PENDING = { cache: "pending", key: "/pending-target" };

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// --- push -----------------------------------------------------------------------------------

self.addEventListener("push", (event) => event.waitUntil(show(read(event.data))));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(target(event)));
});
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));

/** A message is a declarative push message (Push API); Safari shows it without asking us. */
function read(data) {
  try {
    const { notification } = data.json();
    if (notification.title) return notification;
  } catch {
    // Empty or not ours. Something must be shown all the same: after three silent pushes Safari
    // takes the permission away.
  }
  const isJapanese = self.navigator.language.startsWith("ja");
  return { title: isJapanese ? "お知らせがあります" : "There is news for you", navigate: "/" };
}

/** The same tag replaces; the phone sounds again only when the text is a new one. */
async function show({ title, body = "", tag = "", lang = "", navigate, data, actions = [] }) {
  const revision = data?.revision;
  const before = tag ? await self.registration.getNotifications({ tag }) : [];
  const isRepeat = before.some((shown) => shown.data?.revision === revision);
  await self.registration.showNotification(title, {
    body,
    tag,
    lang,
    renotify: Boolean(tag) && !isRepeat,
    silent: isRepeat,
    actions: actions.map(({ action, title }) => ({ action, title })),
    data: { revision, navigate, actions },
  });
  await tellPages({ type: "push", tag, title });
}

/** Where a tap leads: a button's page, or the message's own; never to another site. */
function target({ action, notification }) {
  const { navigate, actions = [] } = notification.data ?? {};
  const chosen = actions.find((one) => one.action === action)?.navigate ?? navigate;
  const url = new URL(chosen ?? "/", self.location.origin);
  return url.origin === self.location.origin ? url.href : self.location.origin;
}

/** Bring the page to the front if it is open, else open it. */
async function open(url) {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const here = pages.find((page) => withoutHash(page.url) === withoutHash(url));
  if (here) {
    // It was loaded before the news: an offer would not be on it.
    here.postMessage({ type: "open", url });
    return here.focus();
  }
  // An app on an iPhone's home screen opens its start page instead; pending.js goes on from there.
  const cache = await caches.open(PENDING.cache);
  await cache.put(PENDING.key, new Response(JSON.stringify({ url, at: Date.now() })));
  return self.clients.openWindow(url);
}

function withoutHash(url) {
  return url.split("#")[0];
}

/** The browser dropped or replaced its subscription: the server learns the new one. */
async function renew({ oldSubscription, newSubscription }) {
  if (!oldSubscription) return;
  const { applicationServerKey } = oldSubscription.options;
  const renewed =
    newSubscription ??
    (await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey }));
  await fetch(RENEWALS, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ endpoint: oldSubscription.endpoint, subscription: renewed.toJSON() }),
  });
}

async function tellPages(message) {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  for (const page of pages) page.postMessage(message);
}

// --- the door without a network ---------------------------------------------------------------

/** checkin.js keeps its page and the files of it; here they stand in when the network does not. */
self.addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  const isDoor = event.request.mode === "navigate" && /^\/host\/[^/]+\/check-in$/.test(pathname);
  const isFile = pathname.startsWith("/static/");
  if (event.request.method !== "GET" || origin !== self.location.origin || !(isDoor || isFile)) return;
  event.respondWith(
    fetch(event.request).catch(async (problem) => {
      const kept = await caches.match(pathname, { ignoreVary: true });
      if (kept) return kept;
      throw problem;
    }),
  );
});
