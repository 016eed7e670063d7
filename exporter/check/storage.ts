import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  statfsSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '../config/schema.ts';
import { CheckpointFile } from '../delivery/checkpoint-store.ts';
import type { CheckName, Finding } from './finding.ts';

/** What the configuration keeps on disk. @param onLease whether the checkpoint is on a Lease */
export async function checkStorage(config: Config, onLease: boolean): Promise<Finding[]> {
  const { checkpoint, state, output } = config;
  if (output === 'dry-run') return [];
  const findings: Finding[] = [];
  if (checkpoint.file) findings.push(await checkCheckpointFile(checkpoint.file));
  if (state.dir) findings.push(checkStateFolder(state.dir, state.spool.maxBytes));
  if (!checkpoint.file && !state.dir && !onLease) {
    findings.push({
      check: 'checkpoint',
      status: 'warning',
      found: 'none is kept: a restart ships again what the API server still has',
      advice: 'give --checkpoint-file, --state-dir or --lease',
    });
  }
  if (!['loki', 'stdout'].includes(output)) findings.push(checkOutputFile(output));
  return findings;
}

async function checkCheckpointFile(file: string): Promise<Finding> {
  const check = 'checkpoint';
  // The exporter writes it anew beside the old one, and puts it in its place.
  const fault = writeFault(dirname(resolve(file)));
  if (fault) return unwritable(check, file, fault, 'checkpoint.file');
  try {
    const found = await new CheckpointFile(file, () => undefined).load();
    return { check, status: 'ok', found: `${file} ${found ? 'is a checkpoint' : 'can be written'}` };
  } catch (error) {
    return {
      check,
      status: 'fault',
      found: `${file} can't be read: ${(error as Error).message}`,
      advice: 'let this user read it, or remove it to start anew',
    };
  }
}

function checkStateFolder(folder: string, spoolBytes: number): Finding {
  const check = 'state';
  const there = existingParent(resolve(folder));
  const fault = writeFault(there);
  if (fault) return unwritable(check, folder, fault, 'state.dir');
  const { bavail, bsize } = statfsSync(there);
  const free = bavail * bsize;
  if (free < spoolBytes) {
    return {
      check,
      status: 'warning',
      found: `${folder} has ${mebibytes(free)} free, and the spool may take ${mebibytes(spoolBytes)}`,
      advice: 'give it a larger disk, or lower state.spool.maxBytes',
    };
  }
  return { check, status: 'ok', found: `${folder} can be written to, ${mebibytes(free)} free` };
}

function checkOutputFile(file: string): Finding {
  const check = 'output';
  const fault = existsSync(file) ? accessFault(file, constants.W_OK) : writeFault(dirname(resolve(file)));
  if (fault) return unwritable(check, file, fault, 'output');
  return { check, status: 'ok', found: `${file} can be written to` };
}

function unwritable(check: CheckName, path: string, fault: string, key: string): Finding {
  return {
    check,
    status: 'fault',
    found: `${path} can't be written to: ${fault}`,
    advice: `mount a folder there that this user may write to, or give another as ${key}`,
  };
}

/** The nearest folder above that is there: what is missing below it is made at the start. */
function existingParent(path: string): string {
  return existsSync(path) || path === dirname(path) ? path : existingParent(dirname(path));
}

/** Why no file can be made in a folder, found by making one; undefined where it can. */
function writeFault(folder: string): string | undefined {
  const file = join(folder, `.kube-events-loki-check-${process.pid}`);
  try {
    if (!statSync(folder).isDirectory()) return `${folder} is no folder`;
    closeSync(openSync(file, 'wx', 0o600));
    unlinkSync(file);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function accessFault(path: string, mode: number): string | undefined {
  try {
    accessSync(path, mode);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / (1 << 20)).toLocaleString('en-US')} MiB`;
}
