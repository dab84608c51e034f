import { Spinner } from 'listr2'

export interface TreeRendererOptions {
  /** Draws the tree; called some ten times a second with the present shape of the spinner. */
  readonly draw: (spinner: string) => void
}

/**
 * A renderer for listr2 that fits the terminal's height.
 *
 * listr2's own one draws every task it knows, and with a hundred hosts a terminal shows the last few rows of that. Here
 * listr2 says when the run begins and ends and keeps the beat; what is drawn is a picture of the events.
 */
export class TreeRenderer {
  /** Whether there is a terminal was settled before (`chooseOutput`); listr2 need not ask standard output again. */
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
