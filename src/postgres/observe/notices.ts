/** What the server says at debug1 about the work it does, by relation name. */
export interface Notices {
  verifying: string[];
  rewriting: string[];
  validating: string[];
  building: { index: string; table: string }[];
}

const VERIFYING = /^verifying table "(.+)"$/;
const REWRITING = /^rewriting table "(.+)"$/;
const VALIDATING = /^validating foreign key constraint "(.+)"$/;
const BUILDING = /^building index "(.+?)" on table "(.+)" (?:serially|with request for \d+ parallel workers?)$/;
/** REINDEX CONCURRENTLY builds under a passing name and swaps it in. */
const TRANSIENT = /_ccnew\d*$/;

function matches(messages: readonly string[], pattern: RegExp): string[] {
  return messages.flatMap((message) => pattern.exec(message)?.[1] ?? []);
}

export function readNotices(messages: readonly string[]): Notices {
  return {
    verifying: matches(messages, VERIFYING),
    rewriting: matches(messages, REWRITING),
    validating: matches(messages, VALIDATING),
    building: messages.flatMap((message) => {
      const [, index, table] = BUILDING.exec(message) ?? [];
      return index === undefined || table === undefined ? [] : [{ index: index.replace(TRANSIENT, ''), table }];
    }),
  };
}
