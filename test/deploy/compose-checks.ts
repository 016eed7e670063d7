import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { needBinaries } from '../servers/binaries.ts';

/**
 * What amtool says of the configuration in a folder, its templates beside it.
 * @throws Error with its words where it does not take it
 */
export async function amtoolCheck(folder: string): Promise<string> {
  const { amtool } = await needBinaries('alertmanager');
  const { stdout } = await promisify(execFile)(amtool, ['check-config', join(folder, 'alertmanager.yml')]);
  return stdout;
}
