/** Names of handlers in types: a play whose tasks notify a name that none of its handlers has does not compile. Types only. */
import type { Notifying } from './notifying.ts'
import type { Task } from './types.ts'

type WordsOf<Given> = Given extends string
  ? Given
  : Given extends readonly (infer Item)[]
    ? Extract<Item, string>
    : never

/** The names that options notify; none where the compiler does not know them. */
export type NotifiedBy<Options> = Options extends { readonly notify: infer Given } ? WordsOf<Given> : never

type TopicsOf<Options> = Options extends { readonly listen: infer Given } ? WordsOf<Given> : never

// one task for each name: each of them must fit the play
type TaskForEach<Value, Names extends string, Topics extends string> = [Names] extends [never]
  ? Task<Value, never, Topics>
  : Names extends string
    ? Task<Value, Names, Topics>
    : never

/** A task with the handlers that its options name. */
export type TaskWith<Value, Options> = TaskForEach<Value, NotifiedBy<Options>, TopicsOf<Options>>

/** The names that a step, or the steps in it, notify. */
export type NamesIn<Item> = Item extends Notifying<infer Names> ? Names : never

/** The handlers of a play by name. */
export type Handlers = Readonly<Record<string, Task>>

/** The names that tasks of a play with these handlers can notify: the handlers, and the topics that they listen to. */
export type Notifiable<Its> = [Its] extends [never]
  ? 'the play has no handlers'
  : | (keyof Its & string)
    | {
        [Name in keyof Its]: Its[Name] extends Task<unknown, string, infer Topics> ? Topics : never
      }[keyof Its]
