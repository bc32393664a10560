/*
 * The floor for mta-sts's figures: a program that answers each request with one constant policy, in plain FCGX_Accept_r().
 * constant [THREADS [ANSWERS]]: default: 16 threads. Each thread ends after ANSWERS answers.
 */
#include <fcgiapp.h>
#include <pthread.h>
#include <stdlib.h>

enum { THREADS = 16, THREADS_MAX = 1024 };

static long answers = -1;

static void *work(void *arg)
{
    FCGX_Request request;

    (void)arg;
    if (FCGX_InitRequest(&request, 0, 0) != 0)
        return NULL;
    for (long i = 0; i != answers && FCGX_Accept_r(&request) == 0; i++) {
        (void)FCGX_PutS(
            "Status: 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 75\r\nCache-Control: max-age=60\r\n"
            "X-Content-Type-Options: nosniff\r\n\r\n"
            "version: STSv1\r\nmode: enforce\r\nmx: mail000001.example.org\r\nmax_age: 604800\r\n",
            request.out);
        FCGX_Finish_r(&request);
    }
    return NULL;
}

int main(int argc, char *argv[])
{
    static pthread_t threads[THREADS_MAX];
    long count = argc > 1 ? strtol(argv[1], NULL, 10) : THREADS;

    if (argc > 2)
        answers = strtol(argv[2], NULL, 10);
    if (count < 1 || count > THREADS_MAX || FCGX_Init() != 0)
        return 1;
    for (long i = 0; i < count; i++)
        if (pthread_create(&threads[i], NULL, work, NULL) != 0)
            return 1;
    for (long i = 0; i < count; i++)
        (void)pthread_join(threads[i], NULL);
    return 0;
}
