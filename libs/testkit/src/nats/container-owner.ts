import type { getContainerRuntimeClient } from 'testcontainers';
import { isAlive } from './orphans.ts';

export type ContainerEngine = Awaited<ReturnType<typeof getContainerRuntimeClient>>;

const NOT_THERE = 404;
const IN_CONFLICT = 409;

/** On everything that a run makes: the id of its process. */
const OWNER_LABEL = 'longspan.test.owner';

/** The labels of what this process makes. */
export function ownLabels(): Record<string, string> {
  return { [OWNER_LABEL]: String(process.pid) };
}

/** Removes the containers and volumes of test runs that were killed before they could clean up. */
export async function removeOrphanContainers(engine: ContainerEngine): Promise<void> {
  const { dockerode } = engine.container;
  const filters = { label: [OWNER_LABEL] };
  for (const { Id, Labels } of await dockerode.listContainers({ all: true, filters })) {
    if (isOrphan(Labels)) await dockerode.getContainer(Id).remove({ force: true, v: true }).catch(unlessGone);
  }
  for (const { Name, Labels } of (await dockerode.listVolumes({ filters })).Volumes) {
    if (isOrphan(Labels)) await dockerode.getVolume(Name).remove().catch(unlessGone);
  }
}

/** Another run may be removing it, or have done so. */
function unlessGone(error: unknown): void {
  const status: unknown = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  if (status !== NOT_THERE && status !== IN_CONFLICT) throw error;
}

function isOrphan(labels: Readonly<Record<string, string>>): boolean {
  const owner = Number(labels[OWNER_LABEL]);
  return !Number.isNaN(owner) && !isAlive(owner);
}
