/* Who runs a command, as the audit and what it makes name them. */
#ifndef ZEVENSTEM_CMD_ACTOR_H
#define ZEVENSTEM_CMD_ACTOR_H

/* "beheerder:" and the name of the account that its person signed in to this machine with, also behind sudo
 * or su (the kernel keeps it: /proc/self/loginuid, pam_loginuid(8)). Where nobody signed in (a timer,
 * most containers) the name of the user that the program runs as; a user without a name has its number. At
 * most 64 bytes of the name; what is neither a letter, a digit, '-', '_' nor '.' stands as '_'. Static
 * storage; the same at every call. */
const char *cmd_actor(void);

#endif
