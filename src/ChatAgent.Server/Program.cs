using ChatAgent.Server;

return await ServerProgram.RunAsync(args);
