// Runs a published draw again in this browser, from its public list alone (decision 0008).

const PURPOSE = "open-factory-tour draw 1\n";
const encoder = new TextEncoder();

const bytesOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hexOf = (buffer) => [...new Uint8Array(buffer)].map((b) => b.toString(16).padStart(2, "0")).join("");

async function commitment(seed) {
  const purpose = encoder.encode(PURPOSE);
  const promised = new Uint8Array([...purpose, ...bytesOf(seed)]);
  return hexOf(await crypto.subtle.digest("SHA-256", promised));
}

async function inOrder(record) {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytesOf(record.seed), algorithm, false, ["sign"]);
  const drawn = await Promise.all(record.entries.map(async (entry) => {
    const ticket = hexOf(await crypto.subtle.sign("HMAC", key, encoder.encode(entry.receipt)));
    return { entry, place: ticket + entry.receipt };
  }));
  const compare = (a, b) => b.entry.losses - a.entry.losses || (a.place < b.place ? -1 : 1);
  return drawn.sort(compare).map(({ entry }) => entry);
}

function choose(entry, seats, pools) {
  for (const slot of entry.ranking) {
    for (const pool of entry.pools) {
      const name = `${slot} ${pool}`;
      if ((pools.get(name) ?? 0) >= entry.seats) {
        pools.set(name, pools.get(name) - entry.seats);
        return slot;
      }
    }
    if ((seats.get(slot) ?? 0) >= entry.seats) {
      seats.set(slot, seats.get(slot) - entry.seats);
      return slot;
    }
  }
  return null;
}

export async function isAsPromised(record) {
  const seats = new Map(record.slots.map((offer) => [offer.slot, offer.seats]));
  const kept = (offer) => Object.entries(offer.pools).map(([name, n]) => [`${offer.slot} ${name}`, n]);
  const pools = new Map(record.slots.flatMap(kept));
  const result = (await inOrder(record)).map((entry) => [entry.receipt, choose(entry, seats, pools)]);
  const fits = (await commitment(record.seed)) === record.commitment;
  return fits && JSON.stringify(result) === JSON.stringify(record.result);
}

const box = document.querySelector("[data-draw]");
if (box && crypto.subtle) {
  box.hidden = false;
  const said = box.querySelector("[role='status']");
  box.querySelector("button").addEventListener("click", async () => {
    const answer = await fetch(box.dataset.draw);
    const right = await isAsPromised(await answer.json()).catch(() => false);
    said.textContent = right ? box.dataset.right : box.dataset.wrong;
    box.dataset.state = right ? "right" : "wrong";
  });
}
