import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const filling = 'a reply that a browser may keep, '.repeat(400);
const packers: Record<string, (text: string) => Buffer> = {
  identity: (text) => Buffer.from(text),
  gzip: (text) => gzipSync(text),
  br: (text) => brotliCompressSync(text),
};

export const plantedPlaces = [
  'local-storage',
  'indexeddb-small',
  'indexeddb-large',
  'opfs',
  'cache-storage',
  ...Object.keys(packers).map((packer) => `http-cache-${packer}`),
];

/** Runs in the page: puts a word wherever Chromium keeps what a site gives it. */
const script = `
  const word = (place) => 'zq7planted-' + place + ' → é';
  async function put(name, value) {
    const db = await new Promise((resolve, reject) => {
      const open = indexedDB.open('planted', 1);
      open.onupgradeneeded = () => open.result.createObjectStore('rows');
      open.onsuccess = () => resolve(open.result);
      open.onerror = () => reject(open.error);
    });
    await new Promise((resolve, reject) => {
      const writing = db.transaction('rows', 'readwrite', { durability: 'strict' });
      writing.objectStore('rows').put(value, name);
      writing.oncomplete = resolve;
      writing.onerror = () => reject(writing.error);
    });
    db.close();
  }
  window.plant = async () => {
    localStorage.setItem('planted', word('local-storage'));
    await put('small', { text: word('indexeddb-small') });
    await put('large', { text: 'much of the same '.repeat(20000) + word('indexeddb-large') });
    const root = await navigator.storage.getDirectory();
    const file = await (await root.getFileHandle('planted', { create: true })).createWritable();
    await file.write(word('opfs'));
    await file.close();
    await (await caches.open('planted')).put('/kept', new Response(word('cache-storage')));
    for (const packer of ${JSON.stringify(Object.keys(packers))}) await (await fetch('/' + packer)).text();
  };
`;

export type PlantingServer = { url: string; close: () => void };

/** A site with a page that plants words, and replies that may be cached, packed in every way a server packs them. */
export async function startPlantingServer(): Promise<PlantingServer> {
  const server = createServer((request, response) => {
    const name = (request.url ?? '/').slice(1);
    const pack = packers[name];
    if (!pack) {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end(`<!doctype html><meta charset="utf-8"><title>planting</title><script>${script}</script>`);
      return;
    }
    const encoding = name === 'identity' ? {} : { 'content-encoding': name };
    response.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'max-age=3600', ...encoding });
    response.end(pack(`${filling}zq7planted-http-cache-${name} → é`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}
