/* SPDX-License-Identifier: MIT */
/*
 * Credentials for S3, from where all programs for it take them: the variables
 * AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or the
 * profile AWS_PROFILE ("default") of ~/.aws/credentials and ~/.aws/config.
 */
#ifndef FTRACE_STORE_CREDENTIALS_H
#define FTRACE_STORE_CREDENTIALS_H

struct credentials {
	char *key, *secret; /* NULL: nobody is to sign */
	char *session;      /* or NULL */
	char *region;       /* what they say of it, or NULL */
	char *endpoint;     /* likewise */
};

void credentials_find(struct credentials *credentials);
void credentials_release(struct credentials *credentials);

#endif
