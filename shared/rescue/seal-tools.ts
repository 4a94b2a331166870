/** A key that WebCrypto holds; shared code hands it on and never looks inside. */
export type KeyHandle = { readonly type: string };

type Algorithm = Readonly<Record<string, unknown>> & { name: string };
type Bytes = Uint8Array<ArrayBuffer>;

/** What sealing needs of its surroundings: WebCrypto, randomness and codecs, passed in by whoever runs it. */
export type SealTools = {
  subtle: {
    importKey(
      format: 'raw' | 'spki' | 'pkcs8',
      bytes: Bytes,
      algorithm: Algorithm,
      extractable: boolean,
      usages: ('encrypt' | 'decrypt')[],
    ): Promise<KeyHandle>;
    encrypt(algorithm: Algorithm, key: KeyHandle, bytes: Bytes): Promise<ArrayBuffer>;
    decrypt(algorithm: Algorithm, key: KeyHandle, bytes: Bytes): Promise<ArrayBuffer>;
  };
  randomBytes: (length: number) => Bytes;
  encodeText: (text: string) => Bytes;
  /** @throws on bytes that are no UTF-8 */
  decodeText: (bytes: Uint8Array) => string;
  toBase64: (bytes: Uint8Array) => string;
  fromBase64: (text: string) => Bytes;
};
