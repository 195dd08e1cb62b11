/** The user asked for something that cannot be done; the message is for him. */
export class Refusal extends Error {
  /** Tells it from other errors across bundles, each of which has a class of its own. */
  readonly refused = true;
}

export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && 'refused' in error && error.refused === true;
}
