/* SPDX-License-Identifier: MIT */
int plugin(void);

int plugin(void)
{
	return 42;
}
