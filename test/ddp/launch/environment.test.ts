import { expect, test } from '@jest/globals';
import { currentRank } from '../../../src/ddp/index.js';

const TORCHRUN = { RANK: '3', WORLD_SIZE: '4', LOCAL_RANK: '1', LOCAL_WORLD_SIZE: '2', MASTER_ADDR: 'h1' };
const OPENMPI = {
  OMPI_COMM_WORLD_RANK: '1',
  OMPI_COMM_WORLD_SIZE: '2',
  OMPI_COMM_WORLD_LOCAL_RANK: '1',
  OMPI_COMM_WORLD_LOCAL_SIZE: '2',
  PMIX_NAMESPACE: '77',
};
const SLURM = {
  SLURM_PROCID: '5',
  SLURM_NTASKS: '8',
  SLURM_LOCALID: '1',
  SLURM_NNODES: '2',
  SLURM_NODELIST: 'node[07-08]',
  SLURM_JOB_ID: '12',
  SLURM_STEP_ID: '0',
};

const MPICH = {
  PMI_RANK: '1',
  PMI_SIZE: '2',
  MPI_LOCALRANKID: '1',
  MPI_LOCALNRANKS: '2',
  HYDI_CONTROL_FD: '7',
};

test('a process started by hand is no rank', () => {
  expect(currentRank({ PATH: '/bin' })).toBeUndefined();
  expect(currentRank({ ...SLURM, SLURM_STEP_ID: undefined })).toBeUndefined(); // a batch script
});

test('torchrun, mpirun and srun', () => {
  const port = { MASTER_PORT: '1234' };
  expect(currentRank({ ...TORCHRUN, ...port })).toMatchObject({
    rank: 3,
    localRank: 1,
    localWorldSize: 2,
    rendezvous: 'tcp:h1:1234',
  });
  const agent = { TORCHELASTIC_USE_AGENT_STORE: 'True', TORCHELASTIC_RUN_ID: 'x' };
  expect(currentRank({ ...TORCHRUN, ...port, ...agent })).toMatchObject({
    rendezvous: 'tcp:h1:1235',
    token: 'x 1234',
  });
  expect(currentRank(OPENMPI)).toMatchObject({ rank: 1, worldSize: 2, token: '77', rendezvous: undefined });
  expect(currentRank(SLURM)).toMatchObject({
    rank: 5,
    localWorldSize: 4,
    token: '12.0',
    rendezvous: 'tcp:node07:29500',
  });
  expect(currentRank(MPICH)).toMatchObject({
    rank: 1,
    localRank: 1,
    token: `mpiexec ${process.ppid}`,
    rendezvous: undefined,
  });
  expect(currentRank({ ...SLURM, PMI_RANK: '5', PMI_SIZE: '8' })).toMatchObject({ rank: 5, localRank: 1 });
  expect(currentRank({ ...SLURM, ...MPICH })).toMatchObject({ rank: 1, worldSize: 2 });
  expect(currentRank({ ...SLURM, ...OPENMPI })).toMatchObject({ rank: 1, worldSize: 2 });
});

test('contradictions and gaps are refused', () => {
  expect(() => currentRank({ ...TORCHRUN, ...OPENMPI })).toThrow(
    'RANK=3 of WORLD_SIZE=4 contradicts OMPI_COMM_WORLD_RANK=1 of OMPI_COMM_WORLD_SIZE=2',
  );
  expect(() => currentRank({ RANK: '1' })).toThrow('WORLD_SIZE: expected a whole number');
  expect(() => currentRank({ ...TORCHRUN, RANK: '4' })).toThrow('RANK=4 must be below WORLD_SIZE=4');
  expect(() => currentRank({ ...OPENMPI, OMPI_COMM_WORLD_LOCAL_SIZE: '1' })).toThrow('set MASTER_ADDR');
});
