/*
 * job.h - the one conversation of a child with the manager.
 */
#ifndef EXTRACTOR_JOB_H
#define EXTRACTOR_JOB_H

/* Serve one EXTRACTOR_EXTRACT on channel, which is owned from here on: the
 * process's exit status. */
int	job_serve(int channel);

#endif /* EXTRACTOR_JOB_H */
