/** The disk of the state folder: it can be full, and unsynced data is lost when the machine loses power. */
import { fstatSync, ftruncateSync } from 'node:fs'
import type { Controller } from './controller.ts'

const failure = (code: string, text: string): Error => Object.assign(new Error(`${code}: ${text}`), { code })

export class Disk {
  full = false
  /** Bytes of each open file that are certainly on the disk. */
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

  /** @throws ENOSPC if it is full. */
  takes(): void {
    if (this.full) throw failure('ENOSPC', 'no space left on device')
  }

  synced(file: number): void {
    this.#synced.set(file, fstatSync(file).size)
  }

  /** The open files of a controller. */
  filesOf(controller: Controller): number[] {
    return [...this.#owners].flatMap(([file, owner]) => (owner === controller ? [file] : []))
  }

  /** Power is lost: of the data written since the last sync, only a share from 0 to 1 is kept. */
  cutBack(file: number, share: number): void {
    const { size } = fstatSync(file)
    const kept = this.#synced.get(file) ?? 0
    ftruncateSync(file, kept + Math.floor((size - kept) * share))
  }
}
