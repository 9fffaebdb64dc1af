using ChatAgent.Server;

await ServerApp.Build(args).RunAsync();
