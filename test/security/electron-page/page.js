// A hostile page as far as it can be one: every way out it knows of, to be tried from a script of its own.
const outcomeOf = async (attempt) => {
  // In a task of its own: a debugger's evaluation may do what the page may not.
  await new Promise((resolve) => setTimeout(resolve, 0));
  try {
    return { done: true, value: String(await attempt()) };
  } catch (error) {
    return { done: false, value: `${error.name}: ${error.message}` };
  }
};

const socket = () =>
  new Promise((resolve, reject) => {
    const connection = new WebSocket('ws://127.0.0.1:9/');
    connection.onopen = resolve;
    connection.onerror = () => reject(new Error('refused'));
  });

const oldRequest = (address) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.onload = () => resolve(request.status);
    request.onerror = () => reject(new Error('refused'));
    request.open('GET', address);
    request.send();
  });

const image = (address) =>
  new Promise((resolve, reject) => {
    const picture = new Image();
    picture.onload = resolve;
    picture.onerror = () => reject(new Error('refused'));
    picture.src = address;
  });

const frame = (address) =>
  new Promise((resolve) => {
    const element = document.createElement('iframe');
    element.src = address;
    element.onload = () => {
      let text = '';
      try {
        text = element.contentDocument?.body?.textContent ?? '';
      } catch {
        text = 'foreign';
      }
      resolve(text.includes('Page under test') ? 'shown' : 'empty');
    };
    document.body.append(element);
  });

// The very channels, their order and their words are the test's to judge.
window.attempts = {
  // biome-ignore lint/security/noGlobalEval: to see it refused
  eval: () => outcomeOf(() => globalThis.eval('1 + 1')),
  newFunction: () => outcomeOf(() => new Function('return 1')()),
  timerText: () =>
    outcomeOf(
      () =>
        new Promise((resolve) => {
          setTimeout('document.documentElement.dataset.timer = "ran"', 0);
          setTimeout(() => resolve(document.documentElement.dataset.timer ?? 'refused'), 100);
        }),
    ),
  inlineScript: () =>
    outcomeOf(() => {
      const script = document.createElement('script');
      script.textContent = 'document.documentElement.dataset.added = "ran"';
      document.head.append(script);
      return document.documentElement.dataset.added ?? 'refused';
    }),
  fetch: (address) => outcomeOf(async () => (await fetch(address)).status),
  xhr: (address) => outcomeOf(() => oldRequest(address)),
  socket: () => outcomeOf(socket),
  beacon: (address) => outcomeOf(() => navigator.sendBeacon(address, 'x')),
  image: (address) => outcomeOf(() => image(address)),
  frame: (address) => outcomeOf(() => frame(address)),
  module: (address) => outcomeOf(() => import(address)),
  notification: () => outcomeOf(() => Notification.requestPermission()),
  permission: (name) => outcomeOf(async () => (await navigator.permissions.query({ name })).state),
  camera: () => outcomeOf(() => navigator.mediaDevices.getUserMedia({ video: true })),
  position: () =>
    outcomeOf(
      () =>
        new Promise((resolve, reject) =>
          navigator.geolocation.getCurrentPosition(resolve, (e) => reject(new Error(e.message))),
        ),
    ),
  worker: () =>
    outcomeOf(
      () =>
        new Promise((resolve, reject) => {
          const worker = new Worker('/worker.js', { type: 'module' });
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = () => reject(new Error('refused'));
          worker.postMessage(20);
        }),
    ),
};

window.violations = [];
document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
  window.violations.push(`${effectiveDirective} ${blockedURI}`),
);

window.heard = [];
for (const event of ['app:resumed', 'app:link'])
  window.desktop.on(event, (payload) => window.heard.push({ event, payload }));

// Like the real screens: what is pending is saved before the window may go.
window.pending = [];
window.desktop.on('app:drain', async () => {
  window.heard.push({ event: 'app:drain' });
  if (window.neverDrain) return;
  for (const text of window.pending)
    await window.desktop.invoke('journal:append', 'work', [new TextEncoder().encode(text)]);
  await window.desktop.invoke('app:drained');
});

const openDatabase = () =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open('page', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('rows');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
const finished = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
window.rows = {
  put: async (key, value) => {
    const database = await openDatabase();
    const change = database.transaction('rows', 'readwrite', { durability: 'strict' });
    change.objectStore('rows').put(value, key);
    await new Promise((resolve) => {
      change.oncomplete = resolve;
    });
  },
  get: async (key) => finished((await openDatabase()).transaction('rows').objectStore('rows').get(key)),
};
document.documentElement.dataset.ready = 'yes';
