import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { Decrypter, generateIdentity, identityToRecipient } from 'age-encryption'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { etcdSnapshotFetch } from '../../../tasks/kubernetes/etcd-snapshot-fetch.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'

const test = suite('etcd-snapshot-fetch')
const place = folderOf(test)

const folder = '/var/backups/etcd'
const fresh = 'prod-20261129T160000Z-r4712.db'
const named = (hour: string): string => `prod-20261129T${hour}0000Z-r9.db`
const saved = { [`${folder}/${fresh}`]: 'snapshot', [`${folder}/${named('01')}`]: 'older' }

test('the newest snapshot is fetched, readable by its owner only; the oldest ones here are removed', async () => {
  const dest = place.at('plain')
  for (const name of [named('01'), `${named('02')}.age`, named('03'), 'notes'])
    place.write(`plain/${name}`, 'x')
  const run = await rehearse(etcdSnapshotFetch({ cluster: 'prod', dest, keep: 2 }), { files: saved })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [
    { what: `${dest}/${fresh} here`, to: 'present' },
    { what: `${dest}/${named('01')} here`, from: 'present' },
    { what: `${dest}/${named('02')}.age here`, from: 'present' },
  ])
  assert.equal(readdirSync(dest).toSorted(), ['notes', named('03'), fresh].toSorted())
  assert.is(readFileSync(`${dest}/${fresh}`, 'utf8'), 'snapshot')
  assert.is(statSync(`${dest}/${fresh}`).mode & 0o777, 0o600)
})

const opened = async (path: string, identity: string): Promise<string> => {
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  return decrypter.decrypt(readFileSync(path), 'text')
}

test('with recipients it is encrypted on the way, and again when they change', async () => {
  const [one, other] = [await generateIdentity(), await generateIdentity()]
  const [first, second] = [await identityToRecipient(one), await identityToRecipient(other)]
  const dest = place.at('age')
  const path = `${dest}/${fresh}.age`
  const fetching = (...recipients: string[]) =>
    rehearse(etcdSnapshotFetch({ cluster: 'prod', dest, recipients, keep: 2 }), { files: saved })

  const run = await fetching(first)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(await opened(path, one), 'snapshot')
  assert.is(readFileSync(`${path}.recipients`, 'utf8'), `${first}\n`)
  assert.is((await fetching(first, first)).outcome, 'ok')

  const again = await fetching(first, second)
  assert.equal(again.changes, [
    { what: `${path} here`, from: 'for other recipients', to: `encrypted for ${first}, ${second}` },
  ])
  assert.is(await opened(path, other), 'snapshot')
  assert.is((await fetching(second, first)).outcome, 'ok')
})

test('what says for whom a snapshot is encrypted goes with it', async () => {
  const recipients = [await identityToRecipient(await generateIdentity())]
  const dest = place.at('gone')
  for (const ending of ['age', 'age.recipients']) place.write(`gone/${named('01')}.${ending}`, 'x')
  await rehearse(etcdSnapshotFetch({ cluster: 'prod', dest, recipients, keep: 1 }), { files: saved })
  assert.equal(readdirSync(dest), [`${fresh}.age`, `${fresh}.age.recipients`])
})

test('refused, also by --check: recipients beside a snapshot that is not encrypted', async () => {
  const recipients = [await identityToRecipient(await generateIdentity())]
  const plain = place.write(`mixed/${named('01')}`, 'x')
  const task = etcdSnapshotFetch({ cluster: 'prod', dest: place.at('mixed'), recipients })
  const run = await rehearse(task, { files: saved })
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  assert.match(String(run.error), `there are recipients, but ${plain} on this machine is not encrypted`)
  assert.match(hintOf(run.error), `--output ${plain}.age ${plain}) and remove it`)
  assert.equal(readdirSync(place.at('mixed')), [named('01')])
})

test('refused, also by --check: a wrong recipient', async () => {
  const task = etcdSnapshotFetch({ cluster: 'prod', dest: place.at('wrong'), recipients: ['age1x'] })
  const run = await rehearse(task, { files: saved })
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  assert.match(String(run.error), 'age1x is not a recipient of age')
  assert.not.ok(existsSync(place.at('wrong')))
})

test('bad parameters are refused', () => {
  assert.throws(() => etcdSnapshotFetch({ dest: '' }), 'dest')
})
