// An app on an iPhone's home screen opens its start page when a notification is tapped. The
// service worker has noted where the tap should lead; go there, once, and only right after it.

const PENDING = { cache: "pending", key: "/pending-target" };
const FRESH_MS = 15_000;

export async function openPendingTarget() {
  if (!("caches" in self) || !(await caches.has(PENDING.cache))) return;
  const cache = await caches.open(PENDING.cache);
  const noted = await cache.match(PENDING.key);
  if (!noted) return;
  await cache.delete(PENDING.key);
  const { url, at } = await noted.json();
  if (Date.now() - at < FRESH_MS && url !== location.href && location.pathname === "/") {
    location.replace(url);
  }
}
