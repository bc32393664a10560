// reports-nodemailer.js FILE TYPE [KEY]: sends FILE as an attachment of this type to reports@example.org, signed with KEY for sender.example.
const fs = require("fs");
const nodemailer = require("nodemailer");

const [file, type, key] = process.argv.slice(2);
const dkim = key && { domainName: "sender.example", keySelector: "tls", privateKey: fs.readFileSync(key) };

nodemailer.createTransport({ host: "127.0.0.1", port: 25, ignoreTLS: true, dkim }).sendMail({
    from: "tls@sender.example",
    to: "reports@example.org",
    subject: "Report Domain: example.org",
    headers: { "TLS-Report-Domain": "example.org", "TLS-Report-Submitter": "sender.example" },
    text: "A report.",
    attachments: [{ filename: file, path: file, contentType: type }],
}).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
});
