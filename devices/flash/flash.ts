/** Memory of devices that outlives a loss of power at any moment; see records.ts. */
export {
  type Disk,
  type KillMoment,
  type KillPoint,
  killingDisk,
  killMoments,
  nameFile,
  openDisk,
} from './disk.ts'
export {
  type Kept,
  type MemoryFile,
  MemoryFileError,
  openRecords,
  type RecordFormat,
  writeFirst,
} from './records.ts'
