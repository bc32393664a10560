# TLS reports go to a folder of their own.
require ["fileinto"];

if exists "TLS-Report-Domain" {
    fileinto "tls-reports";
    stop;
}
