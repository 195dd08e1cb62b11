import { sealedJson, sealedXml } from './neutral.js';
import type { Reporter } from './reporter.js';

/** Each format is a file of its own, loaded when it is asked for. */
const FORMATS = {
  text: async (colour) => (colour ? (await import('./text/coloured.js')).colouredText : (await import('./text.js')).text),
  json: async () => (await import('./json.js')).json,
  github: async () => (await import('./github.js')).github,
  gitlab: async () => (await import('./gitlab.js')).gitlab,
  sarif: async () => (await import('./sarif.js')).sarif,
  junit: async () => (await import('./junit.js')).junit,
  markdown: async () => (await import('./markdown.js')).markdown,
  checkstyle: async () => (await import('./checkstyle.js')).checkstyle,
  rdjson: async () => (await import('./rdjson.js')).rdjson,
  rdjsonl: async () => (await import('./rdjson.js')).rdjsonl,
  azure: async () => (await import('./azure.js')).azure,
  teamcity: async () => (await import('./teamcity.js')).teamcity,
} as const satisfies Record<string, (colour: boolean) => Promise<Reporter>>;

export type Format = keyof typeof FORMATS;

export const FORMAT_NAMES = Object.keys(FORMATS) as readonly Format[];

/** A report in pieces that are written one after the other. */
export type PieceWriter = (...given: Parameters<Reporter>) => Iterable<string>;

export async function loadPieces(format: Format, colour: boolean): Promise<PieceWriter> {
  if (format === 'json') return (await import('./json.js')).jsonPieces;
  const reporter = await loadReporter(format, colour);
  return (report, options) => [reporter(report, options)];
}

/** How a format writes a character that a terminal or a log would act on, wherever in its strings it stands. */
const SEALS: Partial<Record<Format, (text: string) => string>> = {
  json: sealedJson,
  gitlab: sealedJson,
  sarif: sealedJson,
  rdjson: sealedJson,
  rdjsonl: sealedJson,
  junit: sealedXml,
  checkstyle: sealedXml,
};

export async function loadReporter(format: Format, colour: boolean): Promise<Reporter> {
  const reporter = await FORMATS[format](colour);
  const seal = SEALS[format];
  return seal === undefined ? reporter : (report, options) => seal(reporter(report, options));
}
