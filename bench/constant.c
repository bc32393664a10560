/*
 * The floor that mta-sts is measured against: a program that answers one constant policy whatever it is asked, with 16 threads in
 * plain FCGX_Accept_r().
 */
#include <fcgiapp.h>
#include <pthread.h>

enum { THREADS = 16 };

static void *work(void *arg)
{
    FCGX_Request request;

    (void)arg;
    if (FCGX_InitRequest(&request, 0, 0) != 0)
        return NULL;
    while (FCGX_Accept_r(&request) == 0) {
        (void)FCGX_PutS(
            "Status: 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 75\r\nCache-Control: max-age=60\r\n"
            "X-Content-Type-Options: nosniff\r\n\r\n"
            "version: STSv1\r\nmode: enforce\r\nmx: mail000001.example.org\r\nmax_age: 604800\r\n",
            request.out);
        FCGX_Finish_r(&request);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];

    if (FCGX_Init() != 0)
        return 1;
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, work, NULL) != 0)
            return 1;
    for (int i = 0; i < THREADS; i++)
        (void)pthread_join(threads[i], NULL);
    return 0;
}
