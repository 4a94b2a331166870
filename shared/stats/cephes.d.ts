/** The functions taken from cephes; its own declarations cannot be found through its package exports. */
declare module 'cephes' {
  const cephes: {
    /** Settles once the WebAssembly is compiled. */
    compiled: Promise<void>;
    ndtr(z: number): number;
    ndtri(p: number): number;
    incbet(a: number, b: number, x: number): number;
    chdtrc(df: number, x: number): number;
    lgam(x: number): number;
  };
  export default cephes;
}
