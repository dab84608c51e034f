/** The language server of TypeScript, which editors use, over its standard input and output. */
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'

/** A position in a file; the protocol counts lines and characters from 0. */
export interface Position {
  readonly line: number
  readonly character: number
}

const message = z.object({
  id: z.union([z.number(), z.string()]).optional(),
  method: z.string().optional(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
})

const hoverAnswer = z
  .object({
    contents: z.union([z.string(), z.object({ value: z.string() }).transform(({ value }) => value)]),
  })
  .nullable()

const start = z.object({ line: z.number(), character: z.number() })
const symbol = z.object({
  name: z.string(),
  kind: z.number(),
  selectionRange: z.object({ start }),
  get children() {
    return z.array(symbol).optional()
  },
})
const symbols = z.array(symbol).nullable()

/** A name that a file declares, with the names declared within it. */
export type DeclaredName = z.output<typeof symbol>

const place = z.object({ uri: z.string().optional(), targetUri: z.string().optional() })
const places = z.union([z.array(place), place.transform((one) => [one])]).nullable()

/** Returns a reader of the messages in a stream; each has a header with its length in bytes. */
const messageReader = (receive: (text: string) => void): ((chunk: Buffer) => void) => {
  let rest = Buffer.alloc(0)
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    for (;;) {
      const end = rest.indexOf('\r\n\r\n')
      if (end === -1) return
      const length = Number(/Content-Length: (\d+)/.exec(rest.toString('latin1', 0, end))?.[1])
      if (rest.length < end + 4 + length) return
      receive(rest.toString('utf8', end + 4, end + 4 + length))
      rest = rest.subarray(end + 4 + length)
    }
  }
}

/** Requests of tests to the server. */
export interface LanguageServer {
  /** Opens a file with this text, without reading it from disk. */
  readonly open: (file: string, text: string) => void
  /** Returns what an editor shows on hover, as Markdown. */
  readonly hover: (file: string, position: Position) => Promise<string>
  /** Returns the URLs of the files where the name at a position is defined. */
  readonly definition: (file: string, position: Position) => Promise<readonly string[]>
  /** Returns the names that an open file declares. */
  readonly declared: (file: string) => Promise<readonly DeclaredName[]>
  readonly close: () => Promise<void>
}

/** Starts the server in a folder. */
export const languageServer = async (folder: string): Promise<LanguageServer> => {
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))
  const server = spawn(process.execPath, [join(typescript, 'lib/tsc.js'), '--lsp', '--stdio'], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const ended = new Promise<void>((resolve) => server.once('close', () => resolve()))
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>()
  let last = 0

  const send = (body: Readonly<Record<string, unknown>>): void => {
    const text = JSON.stringify({ jsonrpc: '2.0', ...body })
    server.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
  }
  const receive = (text: string): void => {
    const { id, method, result, error } = message.parse(JSON.parse(text))
    // requests of the server to the editor need a response
    if (method !== undefined) {
      if (id !== undefined) send({ id, result: method === 'workspace/configuration' ? [] : null })
      return
    }
    if (typeof id !== 'number') return
    const asked = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) asked?.resolve(result)
    else asked?.reject(new Error(error.message))
  }
  server.stdout.on('data', messageReader(receive))
  const request = async (method: string, params: unknown): Promise<unknown> => {
    last += 1
    const id = last
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject })
      send({ id, method, params })
    })
  }
  const at = (file: string, position: Position) => ({
    textDocument: { uri: pathToFileURL(file).href },
    position,
  })

  await request('initialize', {
    processId: process.pid,
    rootUri: pathToFileURL(folder).href,
    capabilities: {
      textDocument: {
        hover: { contentFormat: ['markdown'] },
        documentSymbol: { hierarchicalDocumentSymbolSupport: true },
      },
    },
  })
  send({ method: 'initialized', params: {} })
  return {
    open: (file, text) =>
      send({
        method: 'textDocument/didOpen',
        params: {
          textDocument: { uri: pathToFileURL(file).href, languageId: 'typescript', version: 1, text },
        },
      }),
    hover: async (file, position) =>
      hoverAnswer.parse(await request('textDocument/hover', at(file, position)))?.contents ?? '',
    definition: async (file, position) =>
      (places.parse(await request('textDocument/definition', at(file, position))) ?? []).map(
        ({ uri, targetUri }) => uri ?? targetUri ?? '',
      ),
    declared: async (file) =>
      symbols.parse(
        await request('textDocument/documentSymbol', { textDocument: { uri: pathToFileURL(file).href } }),
      ) ?? [],
    close: async () => {
      await request('shutdown', undefined)
      send({ method: 'exit' })
      server.stdin.end()
      await ended
    },
  }
}
