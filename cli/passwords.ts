/** Passwords of the database roles: made once, kept in the state folder, never shown. */
import { randomBytes } from 'node:crypto'
import { type Passwords, serverPlan, vaultPlan } from './databases.ts'
import type { Kept } from './state-folder.ts'

export const keptPasswords: Kept<Passwords> = {
  read: (text) => {
    const entries: [string, unknown][] = Object.entries(JSON.parse(text))
    return Object.fromEntries(entries.map(([role, password]) => [role, String(password)]))
  },
  make: async () => newPasswords(),
  write: (passwords) => `${JSON.stringify(passwords, null, 2)}\n`,
}

/** A random password for the superuser and for every role of both plans. */
export function newPasswords(): Passwords {
  const roles = [serverPlan, vaultPlan].flatMap((plan) => [plan.owner, ...plan.roles])
  const password = () => randomBytes(24).toString('base64url')
  return Object.fromEntries(['postgres', ...roles].map((role) => [role, password()]))
}
