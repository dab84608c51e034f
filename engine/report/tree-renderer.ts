import { Spinner } from 'listr2'

export interface TreeRendererOptions {
  /** Draws the tree; called about ten times a second with the current frame of the spinner. */
  readonly draw: (spinner: string) => void
}

/**
 * A renderer for listr2 that fits the terminal's height.
 *
 * listr2's own renderer draws every task, and with a hundred hosts a terminal shows only the last few rows. Here
 * listr2 only starts and stops the drawing and drives the spinner; the tree is drawn from the events.
 */
export class TreeRenderer {
  /** `chooseOutputs` has checked for a terminal; listr2 does not need to. */
  static readonly nonTTY = true
  static readonly rendererOptions: TreeRendererOptions = { draw: () => {} }
  static readonly rendererTaskOptions = {}
  readonly #spinner = new Spinner()
  readonly #draw: TreeRendererOptions['draw']

  constructor(_tasks: unknown, { draw }: TreeRendererOptions) {
    this.#draw = draw
  }

  render(): void {
    this.#spinner.start(() => this.#draw(this.#spinner.fetch()))
  }

  end(): void {
    this.#spinner.stop()
  }
}
