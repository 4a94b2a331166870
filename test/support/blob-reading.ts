/** jsdom's Blob cannot be read as a stream or a buffer; these two are made from its FileReader. */
function arrayBuffer(this: Blob): Promise<ArrayBuffer> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      // Copied, because jsdom's buffers are of another realm than Node's streams expect.
      const bytes = new Uint8Array(reader.result as ArrayBuffer);
      resolve(new Uint8Array(bytes).buffer);
    };
    reader.onerror = () => reject(reader.error);
    reader.readAsArrayBuffer(this);
  });
}

function stream(this: Blob): ReadableStream<Uint8Array<ArrayBuffer>> {
  const read = () => arrayBuffer.call(this);
  return new ReadableStream({
    async start(controller) {
      controller.enqueue(new Uint8Array(await read()));
      controller.close();
    },
  });
}

for (const [name, value] of Object.entries({ arrayBuffer, stream }))
  if (!(name in Blob.prototype)) Object.defineProperty(Blob.prototype, name, { configurable: true, value });
