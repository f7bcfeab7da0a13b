// What the server says of a map, and what is asked for once.

// What an address answers; an error where that is a fault, or the page to sign in on.
export async function geojson(address, options = {}) {
  const answer = await fetch(address, { headers: { Accept: "application/geo+json, application/json" }, ...options });
  const isJson = answer.headers.get("Content-Type")?.includes("json");
  if (!answer.ok || !isJson) throw new Error(`status ${answer.status}`);
  return answer.json();
}

// Returns a function that makes something the first time it is called; what failed is made again.
export function once(make) {
  let made = null;
  return () => (made ??= make().catch((problem) => { made = null; throw problem; }));
}
