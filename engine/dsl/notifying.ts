/** Marks in types for the names of handlers that a step notifies, and the topics that a task listens to. Types only. */

declare const notified: unique symbol
declare const topics: unique symbol

/**
 * What notifies handlers of these names. A method, because its parameters are compared both ways: `string`, for steps whose names
 * the compiler does not know, fits each play, and a name fits only plays that have it.
 */
export interface Notifying<Names extends string> {
  readonly [notified]?: { of(name: Names): void } | undefined
}

/** What listens to topics. */
export interface Listening<Topics extends string> {
  readonly [topics]?: Topics | undefined
}
