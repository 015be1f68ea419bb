/**
 * Who may do what at the console, as data: the roles of a merchant's users by scope, and whom a
 * newcomer may enter the sandbox as.
 */
import { type Scope, scopes } from './api-key-contract.ts'
import type { OperatorRole } from './operator-objects.ts'

/** `admin` may everything, `clerk` sells and gives back, `viewer` only looks. */
export const merchantRoles = ['admin', 'clerk', 'viewer'] as const
export type MerchantRole = (typeof merchantRoles)[number]

export const isMerchantRole = (text: string): text is MerchantRole =>
  merchantRoles.some((role) => role === text)

/** Secrets can be read by these, so a role that only looks has none of them. */
const secretive: ReadonlySet<Scope> = new Set(['webhooks:read', 'api_keys:read'])
const looks = scopes.filter((scope) => scope.endsWith(':read') && !secretive.has(scope))

/** Null: everything a merchant may. */
export const scopesOfRole: Readonly<Record<MerchantRole, readonly Scope[] | null>> = {
  admin: null,
  clerk: [
    ...looks,
    'payments:write',
    'refunds:write',
    'sales:write',
    'reconciliations:write',
    'entry_devices:write',
  ],
  viewer: looks,
}

/** Two who may everything, so that one can say yes to the other; then one of each role alone. */
export const personas = {
  aoi: { name: 'Aoi (sandbox)', operator: ['issuer', 'operator'] },
  ren: { name: 'Ren (sandbox)', operator: ['issuer', 'operator'] },
  issuer: { name: 'Issuer (sandbox)', operator: ['issuer'] },
  operator: { name: 'Operator (sandbox)', operator: ['operator'] },
  auditor: { name: 'Auditor (sandbox)', operator: ['auditor'] },
  merchant_admin: { name: 'Shop owner (sandbox)', merchant: 'admin' },
  merchant_clerk: { name: 'Shop clerk (sandbox)', merchant: 'clerk' },
  merchant_viewer: { name: 'Shop viewer (sandbox)', merchant: 'viewer' },
} as const satisfies Readonly<
  Record<
    string,
    | { readonly name: string; readonly operator: readonly OperatorRole[] }
    | { readonly name: string; readonly merchant: MerchantRole }
  >
>
export type Persona = keyof typeof personas
// The keys of the table are its personas by its type.
export const personaNames = Object.keys(personas) as Persona[]
