// See mx_connect in delegated.bash.
const fs = require("node:fs");
const { promisify } = require("node:util");
const mxConnect = promisify(require("mx-connect"));

const cache = {
    get: async (domain) => fs.existsSync(domain + ".json") && JSON.parse(fs.readFileSync(domain + ".json")),
    set: async (domain, policy) => fs.writeFileSync(domain + ".json", JSON.stringify(policy)),
};

async function main(domain) {
    let outcome;
    try {
        const connection = await mxConnect({ target: domain, mtaSts: { enabled: true, cache, logger: () => {} } });
        outcome = "connected to " + connection.hostname;
        connection.socket.destroy();
    } catch (error) {
        outcome = error.message;
    }
    const policy = await cache.get(domain);
    console.log(`${policy.mode} ${policy.id} ${outcome}`);
}

main(process.argv[2]);
