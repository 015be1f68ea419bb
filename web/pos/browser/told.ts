/**
 * What the back end says, taken at its word in this one place: it is our own, of the same build,
 * and wire.ts is what both are compiled against.
 */
import type {
  Catalogue,
  DaySales,
  EntryDevice,
  KnownCustomer,
  NearbyDevice,
  Order,
  SavedCard,
} from './wire.ts'

export const orderIn = (told: unknown): Order => told as Order
export const daySalesIn = (told: unknown): DaySales => told as DaySales
export const catalogueIn = (told: unknown): Catalogue => told as Catalogue
export const keyIn = (told: unknown): string => (told as { readonly key: string }).key
export const nearbyIn = (told: unknown): readonly NearbyDevice[] =>
  (told as { readonly nearby: readonly NearbyDevice[] }).nearby
export const customerIn = (told: unknown): KnownCustomer => told as KnownCustomer
export const savedIn = (told: unknown): readonly SavedCard[] =>
  (told as { readonly customers: readonly SavedCard[] }).customers
export const devicesIn = (told: unknown): readonly EntryDevice[] =>
  (told as { readonly devices: readonly EntryDevice[] }).devices
