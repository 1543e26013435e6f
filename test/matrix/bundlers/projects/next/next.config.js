export default { serverExternalPackages: ['pagetls'] };
