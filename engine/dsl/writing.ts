import type { Attributes } from '../remote/attributes.ts'

/** A path that a task writes, and whose it becomes. */
export interface Writing extends Omit<Attributes, 'mode'> {
  readonly path: string
  /**
   * A `file`, which takes the place of what a link at the path leads to; a `folder`, with its parents; a `link`; or
   * only the `attributes` of what is there.
   */
  readonly as: 'file' | 'folder' | 'link' | 'attributes'
  /** Follow links even where others than root and the acting user can change where they lead. */
  readonly follow?: boolean | undefined
}
