/** The state folder's disk: it can be full, and what was not synced is lost when the machine loses its power. */
import { fstatSync, ftruncateSync } from 'node:fs'
import type { Controller } from './controller.ts'

const failure = (code: string, text: string): Error => Object.assign(new Error(`${code}: ${text}`), { code })

export class Disk {
  full = false
  /** Bytes of each open file that are on the disk for sure. */
  readonly #synced = new Map<number, number>()
  readonly #owners = new Map<number, Controller | undefined>()

  opened(file: number, owner: Controller | undefined): void {
    this.#owners.set(file, owner)
    this.#synced.set(file, 0)
  }

  closed(file: number): void {
    this.#owners.delete(file)
    this.#synced.delete(file)
  }

  holds(file: number): boolean {
    return this.#owners.has(file)
  }

  /** @throws ENOSPC when it is full. */
  takes(): void {
    if (this.full) throw failure('ENOSPC', 'no space left on device')
  }

  synced(file: number): void {
    this.#synced.set(file, fstatSync(file).size)
  }

  /** The files that a controller has open. */
  filesOf(controller: Controller): number[] {
    return [...this.#owners].flatMap(([file, owner]) => (owner === controller ? [file] : []))
  }

  /** Power is lost: of what was written since the last sync, only so much is left (a share from 0 to 1). */
  cutBack(file: number, share: number): void {
    const { size } = fstatSync(file)
    const kept = this.#synced.get(file) ?? 0
    ftruncateSync(file, kept + Math.floor((size - kept) * share))
  }
}
