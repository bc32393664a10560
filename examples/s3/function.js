// A CloudFront function (viewer request): the policy of mta-sts.example.org is the object mta-sts.example.org/.well-known/mta-sts.txt.
function handler(event) {
    var request = event.request;
    var host = request.headers.host.value.toLowerCase().split(":")[0].replace(/\.$/, "");
    request.uri = "/" + host + request.uri;
    return request;
}
