/** A shell on a simulated host: the process group of one channel, with its watchdog, lock and commands. */
import type { Controller } from './controller.ts'
import type { Host } from './host.ts'
import { answer } from './commands.ts'
import type { Answer } from './commands.ts'
import { streamNames } from './output.ts'
import {
  endTexts,
  heldText,
  lockIn,
  markIn,
  noise,
  password,
  readLine,
  readyText,
  sudoTexts,
  userIn,
  completeLine,
} from './protocol.ts'
import type { Line, WantedLock } from './protocol.ts'
import type { World } from './world.ts'

/** What the other end of its streams receives. */
export interface Ends {
  readonly print: (stream: 'stdout' | 'stderr', text: string) => void
  readonly exited: (code: number) => void
}

/** Milliseconds after the end of its input until the watchdog sends SIGTERM, and then SIGKILL. */
const politely = 1000
const atLast = 4000

type Frame = Extract<Line, { kind: 'frame' }>

export class Shell {
  readonly id: number
  /** Set while it has the lock of the host. */
  token: string | undefined
  /** The acting user; empty for the login user. */
  readonly user: string
  readonly #world: World
  readonly #host: Host
  readonly #run: Controller
  readonly #lock: WantedLock | undefined
  readonly #mark: string | undefined
  readonly #ends: Ends
  /** `alive` reads commands; `left` has ended by itself, and its watchdog waits for the channel to end. */
  #state: 'starting' | 'asking' | 'alive' | 'left' | 'gone' = 'starting'
  #busy = false
  #hungUp = false
  #text = ''

  constructor(
    world: World,
    { host, run, command, ends }: { host: Host; run: Controller; command: string; ends: Ends },
  ) {
    this.#world = world
    this.#host = host
    this.#run = run
    this.#lock = lockIn(command)
    this.#mark = markIn(command)
    this.user = userIn(command)
    this.#ends = ends
    this.id = world.nextId()
    host.shells.add(this)
    this.#later(this.#world.random.integer(1, 40), () => this.#logIn())
  }

  /** The run that it belongs to. */
  get run(): string {
    return this.#run.name
  }

  /** Text that arrives on its standard input. */
  feed(text: string): void {
    this.#text += text
    this.#readOn()
  }

  /** Its input has ended: the watchdog stops the process group. */
  hangUp(): void {
    if (this.#hungUp || this.#state === 'gone') return
    this.#hungUp = true
    if (this.#state === 'left') return this.#end(0)
    this.#watch(politely, () => {
      if (this.#state === 'left') return this.#end(0)
      // most end on SIGTERM; the lock is held until the last has been killed
      if (this.#world.random.chance(0.8)) this.#stopped = true
      this.#watch(atLast - politely, () => this.#end(137))
    })
  }

  /** All its processes end at once, as when the host goes down. */
  kill(): void {
    this.#end(137)
  }

  #stopped = false

  #end(code: number): void {
    if (this.#state === 'gone') return
    this.#state = 'gone'
    this.token = undefined
    this.#host.shells.delete(this)
    this.#ends.exited(code)
  }

  /** After the time that the host takes for it. */
  #later(delay: number, act: () => void): void {
    this.#watch(delay * this.#host.slowness, act)
  }

  /** After some milliseconds of the clock. */
  #watch(delay: number, act: () => void): void {
    this.#world.time.after(delay, () => {
      if (this.#state !== 'gone') act()
    })
  }

  #logIn(): void {
    const { noisy, password: asks } = this.#host
    if (noisy) for (const stream of ['stdout', 'stderr'] as const) this.#ends.print(stream, noise)
    if (this.user === '' || asks === 'none') return this.#takeLock(0)
    this.#state = 'asking'
    this.#ends.print('stderr', sudoTexts.prompt)
    this.#readOn()
  }

  /** Whether a wrong password was given: sudo counts these, and hosts lock users out. */
  #refused = false

  #hearPassword(given: string): void {
    if (given !== password) {
      if (this.#refused) this.#world.guesses.push(`${this.#host.name} ${this.run}`)
      this.#refused = true
      this.#ends.print('stderr', `${sudoTexts.sorry}${sudoTexts.prompt}`)
      return
    }
    this.#state = 'starting'
    this.#takeLock(0)
  }

  #takeLock(waited: number): void {
    const lock = this.#lock
    if (lock === undefined) return this.#ready()
    const host = this.#host
    const holder = host.holders.get(this.user) ?? ''
    if (holder === lock.token || host.lockedBy(this.user).length === 0) {
      host.holders.set(this.user, lock.token)
      this.token = lock.token
      return this.#ready()
    }
    if (this.#stopped) return
    const patient = waited < lock.grace
    if (!patient) this.#ends.print('stdout', heldText(this.#world.time.calendar(), holder))
    const pause = patient ? 0.1 : 1
    this.#later(pause * 1000, () => this.#takeLock(waited + pause))
  }

  #ready(): void {
    this.#state = 'alive'
    this.#ends.print('stdout', readyText)
    this.#readOn()
  }

  #sayEnd(nonce: string, code: Answer['code']): void {
    const { stdout, stderr } = endTexts(nonce, code)
    this.#ends.print('stdout', stdout)
    this.#ends.print('stderr', stderr)
  }

  #readOn(): void {
    if (this.#stopped) return
    if (this.#state === 'asking' && this.#text.includes('\n')) {
      const [line = ''] = this.#text.split('\n')
      this.#text = this.#text.slice(line.length + 1)
      return this.#hearPassword(line)
    }
    if (this.#busy || this.#state !== 'alive') return
    const [text] = completeLine.exec(this.#text) ?? []
    if (text === undefined) return
    const line = readLine(text)
    this.#text = this.#text.slice(text.length)
    if (line.kind === 'greeting') {
      this.#sayEnd(line.nonce, 0)
      return this.#readOn()
    }
    if (line.kind === 'farewell') {
      this.#ends.print('stdout', endTexts(line.nonce, 0).stdout)
      this.#state = 'left'
      if (this.#hungUp) this.#end(0)
      return
    }
    this.#busy = true
    if (line.kind === 'end') this.#endOther(line.mark, line.nonce)
    else this.#execute(line)
  }

  /** Ends another shell: most end on SIGTERM, the others are killed after three seconds. */
  #endOther(mark: string, nonce: string): void {
    const { random } = this.#world
    const done = (): void => {
      this.#sayEnd(nonce, 0)
      this.#busy = false
      this.#readOn()
    }
    const other = [...this.#host.shells].find((shell) => shell.#mark === mark)
    if (other === undefined) return this.#later(random.integer(1, 30), done)
    this.#watch(random.chance(0.8) ? random.integer(1, 200) : 3000, () => {
      other.kill()
      done()
    })
  }

  #execute({ script, nonce, timeout }: Frame): void {
    const { random } = this.#world
    const reads = script.startsWith('get ')
    const duration = reads ? random.integer(1, 30) : random.integer(1, random.pick([50, this.#host.longest]))
    let over = false
    const step = (delay: number, act: () => void): void =>
      this.#later(delay, () => {
        if (!this.#stopped && !over) act()
      })
    if (timeout !== undefined)
      this.#watch(timeout * 1000, () => {
        if (!over) this.#end(143)
      })
    const begins = random.next() * duration
    step(begins, () => {
      const { run, id: shell, user } = this
      const { code, output } = answer(this.#world, this.#host, { run, shell, user }, script)
      // output arrives in pieces, so that a connection can end between two of them
      const pieces = output.stderr === '' ? 1 : random.integer(2, 8)
      const print = (piece: number): void => {
        for (const stream of streamNames) {
          const size = Math.ceil(output[stream].length / pieces)
          const text = output[stream].slice(piece * size, (piece + 1) * size)
          if (text !== '') this.#ends.print(stream, text)
        }
        step((duration - begins) / pieces, () => {
          if (piece + 1 < pieces) return print(piece + 1)
          over = true
          this.#sayEnd(nonce, code)
          this.#busy = false
          this.#readOn()
        })
      }
      print(0)
    })
  }
}
