declare module "simple-peer/index.js" {
  const SimplePeer: new (options: object) => object;
  // biome-ignore lint/style/noDefaultExport: that is how the package exports it.
  export default SimplePeer;
}
