/** The page of a run, looked at in a real browser. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import * as assert from 'uvu/assert'
import { htmlReport } from '../../../engine/report/html/page.ts'
import type { RunEvent } from '../../../engine/run/events.ts'
import {
  commandFailed,
  playEnd,
  playStart,
  runEnd,
  runStart,
  taskEnd,
  taskOutput,
  taskRef,
  taskStart,
} from '../../report/run-events.ts'
import { madeUpRun } from '../../report/html/made-up-run.ts'
import { openBrowser } from '../../support/browser.ts'
import { suite } from '../../support/spec.ts'

const test = suite('the page of a run', { needs: ['chromium'] })

const folder = mkdtempSync(join(tmpdir(), 'coxswain-page-'))
let browser: Browser | undefined

test.before(async () => {
  browser = await openBrowser()
})
test.after(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Seen {
  readonly page: Page
  /** Bytes of the file. */
  readonly size: number
  /** What the console said, and what was asked for besides the file. */
  readonly trouble: string[]
}

/** Opens the page of a run, and does something with it. */
const look = async (
  events: readonly RunEvent[],
  body: (seen: Seen) => Promise<void>,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<void> => {
  if (browser === undefined) throw new Error('there is no browser')
  const file = join(folder, 'run.html')
  writeFileSync(file, htmlReport(events))
  const { href } = pathToFileURL(file)
  const page = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 900 } })
  const trouble: string[] = []
  page.on('console', (message) => trouble.push(message.text()))
  page.on('pageerror', (error) => trouble.push(error.message))
  page.on('request', (request) => request.url() === href || trouble.push(`asked for ${request.url()}`))
  try {
    await page.goto(href)
    await body({ page, size: statSync(file).size, trouble })
    assert.equal(trouble, [])
  } finally {
    await page.close()
  }
}

const few = madeUpRun({ hosts: 4, tasks: 12, failing: 3 })
const rows = (page: Page) => page.locator('.row:visible')
const bars = (page: Page) => page.locator('.row .bar:not(.faint)')

test('it has a row for each host, a bar for each task, and how it went', () =>
  look(few, async ({ page }) => {
    assert.equal(await rows(page).locator('.name').allTextContents(), [
      'node001',
      'node002',
      'node003',
      'node004',
    ])
    assert.is(await bars(page).count(), 43)
    assert.is(await page.locator('h1').textContent(), 'ha-mastersfailed')
    assert.is(await page.title(), 'ha-masters – Coxswain')
    assert.match((await page.locator('header').textContent()) ?? '', 'not run: the cluster is whole')
    assert.match((await page.locator('header').textContent()) ?? '', 'due: restart haproxy on node003')
  }))

test('tasks side by side do not lie on each other', () =>
  look(few, async ({ page }) => {
    const tops = await page.evaluate(
      `new Set([...document.querySelectorAll('.row .bar')].map((bar) => bar.style.top)).size`,
    )
    assert.is(tops, 2)
  }))

test('a failure is open with its output; others open when they are asked to', () =>
  look(madeUpRun({ hosts: 6, tasks: 12, failing: 3 }), async ({ page }) => {
    const failures = page.locator('.failures .task')
    assert.is(await failures.count(), 2)
    assert.match((await failures.first().textContent()) ?? '', '[ERROR Port-6443]: Port 6443 is in use')
    assert.not.match((await failures.last().textContent()) ?? '', 'Port 6443')
    await failures.last().locator('summary').click()
    await failures.last().getByText('Port 6443 is in use').waitFor()
    await failures.last().getByText('run it by hand on the host to see more').waitFor()
    await failures.last().getByText('node006 line 2 of load balancer on port 6443').waitFor()
  }))

test('a host opens to its tasks, a task to its changes; a bar leads to its task', () =>
  look(few, async ({ page }) => {
    await page.getByRole('button', { name: 'node002' }).click()
    const tasks = page.locator('.row', { hasText: 'node002' }).locator('.task')
    assert.is(await tasks.count(), 12)
    await tasks.first().locator('summary').click()
    await tasks.first().locator('.diff .removed').getByText('-kubernetesVersion: 1.20.1').waitFor()
    await tasks.first().locator('.diff .added').getByText('+kubernetesVersion: 1.20.2').waitFor()
    await page.locator('.bar.failed').click()
    await page.locator('.row .task.failed').getByText('Port 6443 is in use').waitFor()
  }))

test('changes that are the same share their diff', () =>
  look(madeUpRun({ hosts: 30, tasks: 8 }), async ({ page }) => {
    const change = page.locator('.changes .task', { hasText: 'package containerd' })
    await change.locator('summary').click()
    await change.locator('.diff').waitFor()
    assert.is(await change.locator('.diff').count(), 1)
  }))

test('the headings of what is new are no lines that come or go', () =>
  look(madeUpRun({ hosts: 30, tasks: 8 }), async ({ page }) => {
    const change = page.locator('.changes .task', { hasText: 'net.ipv4.ip_forward = 1' })
    await change.locator('summary').click()
    await change.locator('.diff').waitFor()
    assert.equal(await change.locator('.diff .place').allTextContents(), [
      '--- /dev/null\n',
      '+++ /etc/sysctl.d/90.conf\n',
      '@@ -0,0 +1 @@\n',
    ])
    assert.equal(await change.locator('.diff .added').allTextContents(), ['+net.ipv4.ip_forward = 1\n'])
  }))

test('filters: outcomes, hosts, text; and back', () =>
  look(few, async ({ page }) => {
    const found = page.locator('.found')
    await page.getByRole('button', { name: /^failed/ }).click()
    assert.is(await found.textContent(), '1 task of 43')
    assert.equal(await rows(page).locator('.name').allTextContents(), ['node003'])
    assert.is(await bars(page).count(), 1)
    assert.is(await page.locator('.changes').isVisible(), false)
    await page.keyboard.press('Escape')
    assert.is(await found.textContent(), '')
    assert.is(await rows(page).count(), 4)
    await page.getByLabel('Hosts').fill('node001, node4 node004')
    assert.equal(await rows(page).locator('.name').allTextContents(), ['node001', 'node004'])
    await page.getByLabel('Hosts').fill('')
    await page.getByLabel('Search').fill('PORT-6443 in use')
    assert.equal(await rows(page).locator('.name').allTextContents(), ['node003'])
    await page.getByLabel('Search').fill('no such thing')
    await page.getByText('No task is like that.').waitFor()
    await page.getByRole('button', { name: 'Clear' }).click()
    assert.is(await bars(page).count(), 43)
  }))

test('it can be used from the keyboard', () =>
  look(few, async ({ page }) => {
    await page.keyboard.press('/')
    await page.keyboard.type('node002')
    assert.is(await page.locator('.found').textContent(), '12 tasks of 43')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.locator('.tasks .task[open] .diff').first().waitFor()
  }))

test('it is dark where the reader likes it dark', async () => {
  const backOf = async (page: Page): Promise<number> =>
    Number(await page.evaluate('/[0-9]+/.exec(getComputedStyle(document.body).backgroundColor)[0]'))
  await look(few, async ({ page }) => assert.ok((await backOf(page)) > 200))
  await look(few, async ({ page }) => assert.ok((await backOf(page)) < 60), 'dark')
})

const nasty =
  '</script><script>window.hacked=1</script><img src=x onerror="hacked=1"><!--\u2028&lt;b&gt;\'"`${x}'

test('no text of a run becomes markup or script', async () => {
  const task = taskRef(nasty, nasty)
  const changes = [{ what: nasty, from: `${nasty}\n`, to: `${nasty}2\n` }]
  const error = commandFailed({
    message: nasty,
    hint: nasty,
    output: nasty,
    causes: [nasty],
    place: { file: nasty, excerpt: nasty },
  })
  const events = [
    runStart({ playbook: nasty, hosts: [nasty], plays: [nasty, nasty] }),
    playStart({ name: nasty, hosts: [nasty], tasks: { [nasty]: 1 } }),
    taskStart(task),
    taskOutput(task, nasty),
    taskEnd(task, 'failed', { changes, error, why: nasty }),
    playEnd([nasty]),
    runEnd({ notRun: [nasty], due: { [nasty]: [nasty] }, stopped: error }),
  ]
  await look(events, async ({ page }) => {
    await page.locator('.host').click()
    await page.locator('.tasks summary').click()
    assert.is(await page.evaluate(`'hacked' in window`), false)
    assert.is(await page.locator('img, [onerror], main script, header script').count(), 0)
    const shown = nasty.replace('\u2028', '')
    const text = ((await page.locator('body').innerText()) ?? '').replaceAll('\u2028', '')
    assert.ok(text.split(shown).length > 12, text)
    assert.ok((await page.title()).includes('<img src=x'))
  })
})

test('what gets in all the same is not run: the page allows its own script only', () =>
  look(few, async ({ page, trouble }) => {
    const said = page.waitForEvent('console')
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.hacked = 1' }))`,
    )
    assert.match((await said).text(), 'Content Security Policy')
    assert.is(await page.evaluate(`'hacked' in window`), false)
    trouble.length = 0
  }))

test('a run that was cut off shows what was at work', () => {
  const task = taskRef('m1', 'kubeadm init')
  return look([runStart(), playStart(), taskStart(task), taskOutput(task, 'at work')], async ({ page }) => {
    assert.is(await page.locator('h1').textContent(), 'ha-mastersfailed')
    await page.locator('.failures').getByText('at work').waitFor()
  })
})

test('100 hosts × 50 tasks: under 3 MB, and the page answers', () =>
  look(madeUpRun({ hosts: 100, tasks: 50, lines: 40, failing: 25 }), async ({ page, size }) => {
    assert.ok(size < 3_000_000, `${size} bytes`)
    assert.is(await rows(page).count(), 100)
    assert.ok((await page.locator('.row .bar').count()) > 4800)
    // what is not looked at is not made: a bound for what a browser must lay out
    assert.ok(Number(await page.evaluate(`document.querySelectorAll('*').length`)) < 12_000)
    await page.getByLabel('Search').fill('certificates')
    await page.getByText('tasks of').waitFor()
    await page.getByRole('button', { name: /^failed/ }).click()
    await page.keyboard.press('Escape')
    assert.is(await rows(page).count(), 100)
    // failures keep their output, however much the others printed
    assert.match((await page.locator('.failures .task').first().textContent()) ?? '', 'Port 6443 is in use')
  }))
