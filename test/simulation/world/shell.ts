/** A shell on a simulated host: the process group of one channel, with its watchdog, lock and commands. */
import type { Controller } from './controller.ts'
import type { Host } from './host.ts'
import { endTexts, heldText, lockIn, markIn, readLine, wholeLine, readyText } from './protocol.ts'
import type { Line, WantedLock } from './protocol.ts'
import type { World } from './world.ts'

/** What the other end of its streams hears. */
export interface Ends {
  readonly print: (stream: 'stdout' | 'stderr', text: string) => void
  readonly exited: (code: number) => void
}

/** Milliseconds after the end of its input in which the watchdog asks politely, and then kills. */
const politely = 1000
const atLast = 4000

type Frame = Extract<Line, { kind: 'frame' }>

export class Shell {
  readonly id: number
  /** Set while it holds the lock of the host. */
  token: string | undefined
  readonly #world: World
  readonly #host: Host
  readonly #run: Controller
  readonly #lock: WantedLock | undefined
  readonly #mark: string | undefined
  readonly #ends: Ends
  /** `alive` reads commands; `left` has ended by itself, and its watchdog waits for the channel to end. */
  #state: 'starting' | 'alive' | 'left' | 'gone' = 'starting'
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
    this.#ends = ends
    this.id = world.nextId()
    host.shells.add(this)
    this.#later(this.#world.random.whole(1, 40), () => this.#takeLock(0))
  }

  /** Whose it is. */
  get run(): string {
    return this.#run.name
  }

  /** Text that arrives on its standard input. */
  feed(text: string): void {
    this.#text += text
    this.#readOn()
  }

  /** Its input has ended: the watchdog stops the group. */
  hangUp(): void {
    if (this.#hungUp || this.#state === 'gone') return
    this.#hungUp = true
    if (this.#state === 'left') return this.#end(0)
    this.#watch(politely, () => {
      if (this.#state === 'left') return this.#end(0)
      // most end when they are asked; the lock is held until the last has been killed
      if (this.#world.random.chance(0.8)) this.#stopped = true
      this.#watch(atLast - politely, () => this.#end(137))
    })
  }

  /** All of it ends at once, as when the host goes down. */
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

  /** After as long as the host takes for it. */
  #later(delay: number, act: () => void): void {
    this.#watch(delay * this.#host.slowness, act)
  }

  /** After milliseconds of the clock. */
  #watch(delay: number, act: () => void): void {
    this.#world.time.after(delay, () => {
      if (this.#state !== 'gone') act()
    })
  }

  #takeLock(waited: number): void {
    const lock = this.#lock
    if (lock === undefined) return this.#ready()
    const host = this.#host
    if (host.holder === lock.token || host.lockedBy().size === 0) {
      host.holder = lock.token
      this.token = lock.token
      return this.#ready()
    }
    if (this.#stopped) return
    const patient = waited < lock.grace
    if (!patient) this.#ends.print('stdout', heldText(this.#world.time.calendar(), host.holder))
    const pause = patient ? 0.1 : 1
    this.#later(pause * 1000, () => this.#takeLock(waited + pause))
  }

  #ready(): void {
    this.#state = 'alive'
    this.#ends.print('stdout', readyText)
    this.#readOn()
  }

  #sayEnd(nonce: string, code: number): void {
    const { stdout, stderr } = endTexts(nonce, code)
    this.#ends.print('stdout', stdout)
    this.#ends.print('stderr', stderr)
  }

  #readOn(): void {
    if (this.#busy || this.#stopped || this.#state !== 'alive') return
    const [text] = wholeLine.exec(this.#text) ?? []
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

  /** Ends another shell: most go when they are asked, the others are killed after three seconds. */
  #endOther(mark: string, nonce: string): void {
    const { random } = this.#world
    const done = (): void => {
      this.#sayEnd(nonce, 0)
      this.#busy = false
      this.#readOn()
    }
    const other = [...this.#host.shells].find((shell) => shell.#mark === mark)
    if (other === undefined) return this.#later(random.whole(1, 30), done)
    this.#watch(random.chance(0.8) ? random.whole(1, 200) : 3000, () => {
      other.kill()
      done()
    })
  }

  #execute({ script, nonce, timeout }: Frame): void {
    const { random } = this.#world
    const [verb = '', key = '', value = ''] = script.split(' ')
    const reads = verb === 'get'
    const duration = reads ? random.whole(1, 30) : random.whole(1, random.pick([50, this.#host.longest]))
    let over = false
    const step = (delay: number, act: () => void): void =>
      this.#later(delay, () => {
        if (!this.#stopped && !over) act()
      })
    if (timeout !== undefined)
      this.#watch(timeout * 1000, () => {
        if (!over) this.#end(143)
      })
    let answer = { code: 0, text: '' }
    step(random.next() * duration, () => (answer = this.#act(verb, key, value)))
    step(duration, () => {
      over = true
      if (answer.text !== '') this.#ends.print('stdout', answer.text)
      this.#sayEnd(nonce, answer.code)
      this.#busy = false
      this.#readOn()
    })
  }

  /** Takes effect. */
  #act(verb: string, key: string, value: string): { code: number; text: string } {
    const { state, temper } = this.#host
    const { random } = this.#world
    if (verb !== 'get' && verb !== 'set' && verb !== 'add')
      throw new Error(`the simulated host has no command ${verb}`)
    const effect = (now: string): void =>
      this.#world.effect({
        host: this.#host.name,
        run: this.#run.name,
        shell: this.id,
        verb,
        key,
        value: now,
      })
    if (verb === 'get') {
      const held = state.get(key) ?? ''
      effect(held)
      return { code: 0, text: held }
    }
    if (random.chance(temper.refuses)) return { code: 1, text: '' }
    if (random.chance(temper.forgets)) return { code: 0, text: '' }
    const now = verb === 'set' ? value : String(Number(state.get(key) ?? 0) + 1)
    state.set(key, now)
    effect(now)
    return { code: random.chance(temper.lies) ? 1 : 0, text: '' }
  }
}
