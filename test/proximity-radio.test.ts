/**
 * Goal: the same bytes go out by a Bluetooth controller as by UDP, code and address together, and a
 *   till's listener hears them at a controller of its own.
 * Method: BlueZ's EMULATED controllers (btvirt; no radio): one advertises by the device's driver,
 *   one scans by the SDK. A preloaded library gives btvirt AF_ALG sockets where there are none.
 */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { openHciAir } from '@warifu/devices/proximity-device'
import { advertisingData, privateAddress } from '@warifu/protocol/proximity-frame'
import { listenForBeacons } from '@warifu/sdk/beacon-listener'
import { testWith } from './needs.ts'

/** A socket of family 38 (AF_ALG) becomes one half of a pair; binding it does nothing. */
const shim = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/socket.h>
int socket(int d, int t, int p) {
  int (*real)(int, int, int) = dlsym(RTLD_NEXT, "socket");
  int pair[2];
  if (d != 38) return real(d, t, p);
  return socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) ? -1 : pair[0];
}
int bind(int f, const struct sockaddr *a, socklen_t l) {
  int (*real)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "bind");
  return a->sa_family == 38 ? 0 : real(f, a, l);
}
`

/** btvirt puts its sockets into /tmp: here a folder of its own is what it sees there. */
async function emulate(folder: string): Promise<() => Promise<void>> {
  await writeFile(join(folder, 'shim.c'), shim)
  const library = join(folder, 'shim.so')
  await promisify(execFile)('cc', [
    '-shared',
    '-fPIC',
    '-o',
    library,
    join(folder, 'shim.c'),
    '-ldl',
  ])
  const script = 'mount --bind "$1" /tmp && LD_PRELOAD=/tmp/shim.so exec btvirt -s'
  const unshare = ['--user', '--map-root-user', '--mount', 'sh', '-c', script, 'sh', folder]
  const child = spawn('unshare', unshare, { stdio: 'ignore' })
  const gone = new Promise<void>((done) => child.once('exit', () => done()))
  for (let patience = 100; patience > 0; patience -= 1) {
    const isUp = await access(join(folder, 'bt-server-le')).then(
      () => true,
      () => false,
    )
    if (isUp) break
    await sleep(50)
  }
  return async () => {
    child.kill('SIGTERM')
    await gone
  }
}

testWith(['btvirt', 'cc', 'unshare'], 'one controller says it, another hears it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'warifu-radio-'))
  const stop = await emulate(folder)
  try {
    const socket = join(folder, 'bt-server-le')
    const ear = await listenForBeacons({ air: { kind: 'hci', socket } })
    const air = await openHciAir({ socket })
    for (const seed of [1, 2]) {
      const code = new Uint8Array(10).fill(seed)
      const address = privateAddress(new Uint8Array(6).fill(seed))
      await air.advertise({ address, data: advertisingData(code) })
      const text = Buffer.from(code).toString('base64url')
      let isHeard = false
      for (let patience = 100; patience > 0 && !isHeard; patience -= 1) {
        isHeard = ear.nearby().some((one) => one.code === text)
        if (!isHeard) await sleep(50)
      }
      assert.ok(isHeard, `code ${seed} is heard`)
    }
    await air.close()
    await ear.close()
  } finally {
    await stop()
    await rm(folder, { recursive: true, force: true })
  }
})
