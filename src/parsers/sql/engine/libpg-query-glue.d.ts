declare module 'libpg-query/wasm/libpg-query.js' {
  interface Glue {
    _malloc(size: number): number;
    _free(pointer: number): void;
    _wasm_parse_query_raw(text: number): number;
    _wasm_free_parse_result(result: number): void;
    _wasm_parse_plpgsql(text: number): number;
    _wasm_free_string(text: number): void;
    lengthBytesUTF8(text: string): number;
    stringToUTF8(text: string, pointer: number, size: number): void;
    UTF8ToString(pointer: number): string;
    getValue(pointer: number, type: 'i32'): number;
  }
  export interface WasmInstance {
    exports: object;
  }
  interface GlueOptions {
    instantiateWasm?: (imports: object, received: (instance: WasmInstance, module: object) => void) => object;
  }
  /** Fills the object it is given; its promise only says that the runtime has started. */
  const factory: (module: GlueOptions & Partial<Glue>) => Promise<Glue>;
  export default factory;
}
