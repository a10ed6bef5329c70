/* threads.c - a simulation written in Wyn runs on the workers of the runtime. */
extern const int sim_threads;
const int sim_threads = 0;
