<?php
// Policies by host in a map: an array that opcache keeps in shared memory.
$policies = require __DIR__ . '/policies.php';
$policy = $policies[$_SERVER['HTTP_HOST']] ?? null;
if ($policy === null) {
    http_response_code(404);
    $policy = "no policy\n";
}
header('Content-Type: text/plain; charset=utf-8');
header('Content-Length: ' . strlen($policy));
header('Cache-Control: max-age=60');
echo $policy;
